using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Threading.RateLimiting;
using Connectors.Grok.Foundation;
using Polly;

namespace Connectors.Grok.Transport.Http;

/// <summary>The only place that makes an HTTP request: waits for a permit, sends, and retries.</summary>
internal sealed class RequestSender : IDisposable
{
    private static readonly ProductInfoHeaderValue Product = new(
        "Connectors.Grok",
        typeof(RequestSender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0");

    private readonly GrokSettings _settings;
    private readonly HttpClient _client;
    private readonly bool _owned;
    private readonly ResiliencePipeline<HttpResponseMessage> _retries;
    private readonly ConcurrencyLimiter? _permits;
    private volatile bool _isDisposed;

    /// <param name="settings">The client's settings.</param>
    /// <param name="client">The caller's HttpClient; null for a client of the library.</param>
    public RequestSender(GrokSettings settings, HttpClient? client)
    {
        _settings = settings;
        _owned = client is null;
        _client = client ?? OwnHandlers.NewClient(settings);
        _retries = Retries.Pipeline(settings, settings.MaxRetries ?? (_owned ? GrokSettings.MaxRetriesOfOwnedClients : 0));
        _permits = settings.MaxConcurrentRequests is not { } most ? null : new ConcurrencyLimiter(new()
        {
            PermitLimit = most,
            QueueLimit = settings.MaxQueuedRequests,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>Sends a request and returns its answer once the headers are there. The permit is released with the deadline.</summary>
    /// <exception cref="GrokException">The service rejected the request or failed, or could not be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, RequestBody? body, string accept, Deadline deadline)
    {
        await AcquirePermitAsync(deadline).ConfigureAwait(false);
        try
        {
            return await SendWithRetriesAsync(method, route, body, accept, deadline).ConfigureAwait(false);
        }
        catch (GrokException e) when (_settings.DropRefusedParameters && body is not null && RefusedParameter.Find(e, body.Bytes) is { } name)
        {
            Log.SentWithout(_settings.Logger, name);
            using var rest = RefusedParameter.Without(name, body.Bytes);
            return await SendWithRetriesAsync(method, route, rest, accept, deadline).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        if (_owned)
        {
            _client.Dispose();
        }

        _permits?.Dispose();
    }

    /// <summary>Waits for a permit. The deadline releases it when it is disposed: with the answer, or with the stream.</summary>
    private async ValueTask AcquirePermitAsync(Deadline deadline)
    {
        if (_permits is null)
        {
            return;
        }

        var permit = await _permits.AcquireAsync(1, deadline.Token).ConfigureAwait(false);
        // Disposing the limiter fails queued waiters; report disposal, not overload.
        ObjectDisposedException.ThrowIf(_isDisposed && !permit.IsAcquired, typeof(RequestSender));
        deadline.Permit = permit.IsAcquired ? permit : throw new GrokException(
            GrokErrorKind.Overload,
            $"{_settings.MaxConcurrentRequests} requests are under way and {_settings.MaxQueuedRequests} wait ({nameof(GrokChatClientOptions.MaxConcurrentRequests)}, {nameof(GrokChatClientOptions.MaxQueuedRequests)}): nothing was sent.");
    }

    private async Task<HttpResponseMessage> SendWithRetriesAsync(HttpMethod method, string route, RequestBody? body, string accept, Deadline deadline)
    {
        if (Log.WantsBodies(_settings))
        {
            Log.Sent(_settings.Logger, method.Method, route, ErrorReader.WithoutKey(Encoding.UTF8.GetString((body?.Bytes ?? default).Span), _settings));
        }

        var retries = body?.IsRepeatable == false ? ResiliencePipeline<HttpResponseMessage>.Empty : _retries;
        return await retries.ExecuteAsync(
            static async (call, token) =>
            {
                var (sender, method, route, body, accept, deadline) = call;
                using var request = sender.NewRequest(method, route, body, accept);
                // The headers of an answer that is not streamed arrive when the answer is complete.
                using var begins = accept == EventStream.MediaType ? deadline.WaitForHeaders() : null;
                try
                {
                    var response = await sender.SendOnceAsync(request, token).ConfigureAwait(false);
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
            // The message may repeat any bytes of a service that does not speak HTTP.
            ErrorReader.WithoutKey($"{request.RequestUri!.GetLeftPart(UriPartial.Authority)} cannot be reached: {(e.InnerException is { } cause and not OperationCanceledException ? cause : e).Message}", _settings),
            ErrorReader.WithoutKey(e, _settings))
        {
            // Only when the request certainly never arrived: a lost answer may have been billed.
            IsTransient = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
        };

    /// <summary>Whether the connect timeout passed. The Timeout of an HttpClient throws the same types, but around the cancellation of its request.</summary>
    private static bool IsConnectTimeout(OperationCanceledException e) => e.InnerException is TimeoutException { InnerException: not OperationCanceledException };
}
