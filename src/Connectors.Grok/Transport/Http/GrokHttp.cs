using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.RateLimiting;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Polly;

namespace Connectors.Grok.Http;

/// <summary>The only place that makes an HTTP request. Knows bytes, headers, timeouts and errors, nothing of chat.</summary>
internal sealed class GrokHttp : IDisposable
{
    private static readonly ProductInfoHeaderValue Product = new(
        "Connectors.Grok",
        typeof(GrokHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0");

    private readonly GrokSettings _settings;
    private readonly HttpClient _client;
    private readonly bool _owned;
    private readonly ResiliencePipeline<HttpResponseMessage> _retries;
    private readonly ConcurrencyLimiter? _places;
    private volatile bool _isDisposed;

    public GrokHttp(GrokSettings settings, HttpClient? client)
    {
        _settings = settings;
        _owned = client is null;
        _client = client ?? NewClient(settings);
        _retries = Retries.Pipeline(settings, settings.MaxRetries ?? (_owned ? GrokSettings.MaxRetriesOfOwnedClients : 0));
        _places = settings.MaxConcurrentRequests is not { } most ? null : new ConcurrencyLimiter(new()
        {
            PermitLimit = most,
            QueueLimit = settings.MaxQueuedRequests,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>A request with a whole JSON answer.</summary>
    public async Task<(T Answer, ResponseHeaders Headers)> SendAsync<T>(
        HttpMethod method, string route, RequestBody? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = new Deadline(_settings, cancellationToken);
        try
        {
            using var response = await SendAsync(method, route, body, "application/json", deadline).ConfigureAwait(false);
            return (await ReadJsonAsync(response, type, _settings, deadline.Token).ConfigureAwait(false), Headers(response, _settings));
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    /// <summary>A request with a streamed answer. The deadline lives as long as the stream and is the caller's to dispose.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string route, RequestBody body, Deadline deadline)
    {
        try
        {
            return await SendAsync(HttpMethod.Post, route, body, EventStream.MediaType, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    public Deadline NewDeadline(CancellationToken caller) => new(_settings, caller);

    public static async Task<T> ReadJsonAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, GrokSettings settings, CancellationToken cancellationToken)
        where T : class
    {
        if (Is(response.Content, "text/html"))
        {
            throw ErrorReader.NotTheApi(response, settings);
        }

        try
        {
            using var body = await WholeBody.ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(SoundJson.Of(body.Bytes), type) ?? throw ErrorReader.NotTheApi(response, settings);
        }
        catch (JsonException e)
        {
            throw ErrorReader.NotTheApi(response, settings, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            var words = e is InvalidDataException ? $"The answer cannot be read: {e.Message}" : "The connection broke in the middle of the answer.";
            throw new GrokException(GrokErrorKind.StreamBroken, words, e);
        }
    }

    /// <summary>Whether a body says that it is of this type; letters of any case say it.</summary>
    public static bool Is(HttpContent content, string mediaType) => string.Equals(content.Headers.ContentType?.MediaType, mediaType, StringComparison.OrdinalIgnoreCase);

    public static ResponseHeaders Headers(HttpResponseMessage response, GrokSettings settings)
    {
        return new ResponseHeaders(ErrorReader.RequestId(response.Headers, settings), string.Equals(Text(response.Headers, "x-zero-data-retention"), "true", StringComparison.OrdinalIgnoreCase))
        {
            LimitRequests = Number("x-ratelimit-limit-requests"),
            RemainingRequests = Number("x-ratelimit-remaining-requests"),
            LimitTokens = Number("x-ratelimit-limit-tokens"),
            RemainingTokens = Number("x-ratelimit-remaining-tokens"),
        };

        long? Number(string name) => long.TryParse(Text(response.Headers, name), out var number) ? number : null;
    }

    public static string? Text(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    public void Dispose()
    {
        _isDisposed = true;
        if (_owned)
        {
            _client.Dispose();
        }

        _places?.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, RequestBody? body, string accept, Deadline deadline)
    {
        await TakePlaceAsync(deadline).ConfigureAwait(false);
        try
        {
            return await SendRepeatedlyAsync(method, route, body, accept, deadline).ConfigureAwait(false);
        }
        catch (GrokException e) when (_settings.DropRefusedParameters && body is not null && RefusedParameter.In(e, body.Bytes) is { } name)
        {
            Log.SentWithout(_settings.Logger, name);
            using var rest = RefusedParameter.Without(name, body.Bytes);
            return await SendRepeatedlyAsync(method, route, rest, accept, deadline).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the call may be under way. Its place is free again when its deadline is disposed: with the answer, or with the stream.</summary>
    private async ValueTask TakePlaceAsync(Deadline deadline)
    {
        if (_places is null)
        {
            return;
        }

        var place = await _places.AcquireAsync(1, deadline.Token).ConfigureAwait(false);
        // Whoever waits then is sent away as if there were too many.
        ObjectDisposedException.ThrowIf(_isDisposed && !place.IsAcquired, typeof(GrokChatClient));
        deadline.Place = place.IsAcquired ? place : throw new GrokException(
            GrokErrorKind.Overload,
            $"{_settings.MaxConcurrentRequests} requests are under way and {_settings.MaxQueuedRequests} wait ({nameof(GrokChatClientOptions.MaxConcurrentRequests)}, {nameof(GrokChatClientOptions.MaxQueuedRequests)}): nothing was sent.")
        {
            IsTransient = true,
        };
    }

    private async Task<HttpResponseMessage> SendRepeatedlyAsync(HttpMethod method, string route, RequestBody? body, string accept, Deadline deadline)
    {
        if (Log.WantsBodies(_settings))
        {
            Log.Sent(_settings.Logger, method.Method, route, ErrorReader.WithoutKey(Encoding.UTF8.GetString((body?.Bytes ?? default).Span), _settings));
        }

        return await _retries.ExecuteAsync(
            static async (call, token) =>
            {
                var (http, method, route, body, accept, deadline) = call;
                using var request = http.NewRequest(method, route, body, accept);
                // An answer that is not streamed begins when all of it has been thought.
                using var begins = accept == EventStream.MediaType ? deadline.WaitForHeaders() : null;
                try
                {
                    var response = await http.SendOnceAsync(request, token).ConfigureAwait(false);
                    deadline.LastFailure = null;
                    return response;
                }
                catch (GrokException e)
                {
                    deadline.LastFailure = e;
                    throw;
                }
            },
            (this, method, route, body, accept, deadline),
            deadline.Token).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(request, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && IsConnectTimeout(e))
        {
            throw Unreachable(request, new HttpRequestException(HttpRequestError.ConnectionError, $"no connection in time ({nameof(GrokChatClientOptions.ConnectTimeout)}).", e));
        }

        if (Log.WantsBodies(_settings))
        {
            response.Content = await LoggedStream.OverAsync(response.Content, _settings, cancellationToken).ConfigureAwait(false);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ErrorReader.ReadAsync(response, _settings, cancellationToken).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string route, RequestBody? body, string accept)
    {
        var request = new HttpRequestMessage(method, new Uri(_settings.Endpoint, route));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        request.Headers.UserAgent.Add(Product);
        if (_settings.ApiKey is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        request.Content = body?.NewContent();
        return request;
    }

    private GrokException Unreachable(HttpRequestMessage request, HttpRequestException e) =>
        new(
            GrokErrorKind.Connection,
            // What is no HTTP is repeated, whatever it says.
            ErrorReader.WithoutKey($"{request.RequestUri!.GetLeftPart(UriPartial.Authority)} cannot be reached: {(e.InnerException is { } cause and not OperationCanceledException ? cause : e).Message}", _settings),
            ErrorReader.WithoutKey(e, _settings))
        {
            // Only where the request surely never arrived: an answer that was lost may have been paid for.
            IsTransient = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
        };

    /// <summary>Whether connecting took too long. A client whose own Timeout passed says so in the same types, around the cancellation of its request.</summary>
    private static bool IsConnectTimeout(OperationCanceledException e) => e.InnerException is TimeoutException { InnerException: not OperationCanceledException };

    /// <summary>What a handler of ours is like, whoever made it.</summary>
    public static void SetUp(SocketsHttpHandler handler, TimeSpan connectTimeout)
    {
        handler.ConnectTimeout = connectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Long enough for the last bytes of a stream, so that its connection is used again; short, or a service goes on for two seconds that nobody hears any more.
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(100);
        handler.AutomaticDecompression = System.Net.DecompressionMethods.All;
        // The key goes to the endpoint and nowhere else.
        handler.AllowAutoRedirect = false;
    }

    public static HttpClient NewClient(GrokSettings settings)
    {
        var handler = new SocketsHttpHandler();
        SetUp(handler, settings.ConnectTimeout);
        // Our own deadline governs: answers take longer than the 100 seconds that HttpClient allows by default.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
