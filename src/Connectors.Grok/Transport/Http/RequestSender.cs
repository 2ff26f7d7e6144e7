using System.Collections.Concurrent;
using System.Text;
using System.Threading.RateLimiting;
using Connectors.Grok.Foundation;
using Polly;

namespace Connectors.Grok.Transport.Http;

/// <summary>The only place that makes an HTTP request: waits for a permit, sends, and retries.</summary>
internal sealed class RequestSender : IDisposable
{
    private readonly GrokSettings _settings;
    private readonly HttpClient _client;
    private readonly bool _owned;
    private readonly CredentialSource _credentials;
    private readonly int _retries;
    private readonly ConcurrencyLimiter? _permits;
    private readonly RequestFactory _requests;
    private readonly ConcurrentDictionary<string, RateLimitGate>? _gates;
    private ResiliencePipeline? _pipeline;
    private volatile bool _isDisposed;

    /// <param name="settings">The client's settings.</param>
    /// <param name="client">The caller's HttpClient; null for a client of the library.</param>
    public RequestSender(GrokSettings settings, HttpClient? client)
    {
        _settings = settings;
        _owned = client is null;
        _credentials = new CredentialSource(settings);
        _requests = new RequestFactory(settings);
        NewResponses = settings.Hosting.NewResponseTimeout > TimeSpan.Zero ? new NewResponses(settings) : null;
        _client = client ?? OwnHandlers.NewClient(settings);
        _retries = settings.MaxRetries ?? (_owned ? GrokSettings.MaxRetriesOfOwnedClients : 0);
        _gates = _retries > 0 ? new(StringComparer.OrdinalIgnoreCase) : null;
        _permits = settings.MaxConcurrentRequests is { } most ? Permits(most, settings.MaxQueuedRequests) : null;
    }

    /// <summary>The responses that the service may not know yet when they are named next; null where it knows them at once.</summary>
    public NewResponses? NewResponses { get; }

    /// <summary>Whether requests are retried.</summary>
    public bool Retries => _retries > 0;

    /// <summary>Sends a request and begins to read its answer once the headers are there. The permit is released with the deadline.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">The route, relative to the endpoint.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="accept">The media type of the answer.</param>
    /// <param name="model">The model, whose rate limit the request shares; null for none.</param>
    /// <param name="deadline">The deadline of the call.</param>
    /// <param name="begin">Begins to read the answer, which it owns. Its failures are retried like those of the request.</param>
    /// <exception cref="GrokException">The service rejected the request or failed, or could not be reached.</exception>
    public ValueTask<T> SendAsync<T>(
        HttpMethod method, string route, RequestBody? body, string accept, string? model, Deadline deadline, Func<HttpResponseMessage, ValueTask<T>> begin)
    {
        ClientInstruments.Tag("grok.client_request_id", deadline.ClientRequestId);
        var call = new Call<T>(method, route, body, accept, model, deadline, begin);
        return _permits is null && NewResponses is null && !_settings.DropRefusedParameters ? SendWithRetriesAsync(call) : SendWithRulesAsync(call);
    }

    /// <summary>Sends a request of a call that needs a permit, or is repeated for other reasons than a failure of the service.</summary>
    private async ValueTask<T> SendWithRulesAsync<T>(Call<T> call)
    {
        var (body, deadline) = (call.Body, call.Deadline);
        if (_permits is not null)
        {
            await AcquirePermitAsync(_permits, deadline).ConfigureAwait(false);
        }

        try
        {
            return NewResponses is null || deadline.Stored is null
                ? await SendWithRetriesAsync(call).ConfigureAwait(false)
                : await NewResponses.SendAsync(() => SendWithRetriesAsync(call), deadline).ConfigureAwait(false);
        }
        catch (GrokException e) when (_settings.DropRefusedParameters && body is not null && RefusedParameter.Find(e, body.Bytes) is { } name)
        {
            Log.SentWithout(_settings.Logger, name);
            using var rest = RefusedParameter.Without(name, body.Bytes);
            return await SendWithRetriesAsync(call with { Body = rest }).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request of a call that has its permit, without retries, and returns the answer once the headers are there.</summary>
    /// <exception cref="GrokException">The service rejected the request or failed, or could not be reached.</exception>
    public Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string route, string accept, Deadline deadline, CancellationToken cancellationToken) =>
        SendAuthorizedAsync(method, route, null, accept, deadline, cancellationToken);

    public void Dispose()
    {
        _isDisposed = true;
        if (_owned)
        {
            _client.Dispose();
        }

        _permits?.Dispose();
        foreach (var gate in _gates?.Values ?? [])
        {
            gate.Dispose();
        }
    }

    /// <summary>Waits for a permit. The deadline releases it when it is disposed: with the answer, or with the stream.</summary>
    private async ValueTask AcquirePermitAsync(ConcurrencyLimiter permits, Deadline deadline)
    {
        var permit = await permits.AcquireAsync(1, deadline.Token).ConfigureAwait(false);
        // Disposing the limiter fails queued waiters; report disposal, not overload.
        ObjectDisposedException.ThrowIf(_isDisposed && !permit.IsAcquired, typeof(RequestSender));
        deadline.Permit = permit.IsAcquired ? permit : throw new GrokException(
            GrokErrorKind.Overload,
            $"{_settings.MaxConcurrentRequests} requests are under way and {_settings.MaxQueuedRequests} wait ({nameof(GrokChatClientOptions.MaxConcurrentRequests)}, {nameof(GrokChatClientOptions.MaxQueuedRequests)}): nothing was sent.");
    }

    private async ValueTask<T> SendWithRetriesAsync<T>(Call<T> call)
    {
        if (Log.WantsBodies(_settings))
        {
            Log.Sent(_settings.Logger, call.Method.Method, call.Route, ErrorReader.WithoutKey(Encoding.UTF8.GetString(call.Body?.Bytes ?? default), _settings));
        }

        // What was read from a stream that cannot go back cannot be sent again.
        if (!Retries || call.Body?.IsRepeatable == false)
        {
            return await AttemptAsync(call).ConfigureAwait(false);
        }

        call.Deadline.Token.ThrowIfCancellationRequested();
        var isIdempotent = call.Method != HttpMethod.Post;
        GrokException failure;
        try
        {
            return await AttemptAsync(call).ConfigureAwait(false);
        }
        catch (GrokException e) when (!call.Deadline.Token.IsCancellationRequested && ErrorKinds.IsRetried(e, _settings.RetryServerErrors || isIdempotent))
        {
            failure = e;
        }

        return await RetryAsync(call, failure, isIdempotent).ConfigureAwait(false);
    }

    // Most calls succeed at once, and building the pipeline costs a tenth of the first call of a process: it is built for the first failure.
    private ValueTask<T> RetryAsync<T>(Call<T> call, GrokException failure, bool isIdempotent) =>
        (_pipeline ??= Http.Retries.Pipeline(_settings, _retries)).RetryAsync(
            failure, static state => state.Sender.AttemptAsync(state.Call), (Sender: this, Call: call), call.Deadline, isIdempotent);

    private async ValueTask<T> AttemptAsync<T>(Call<T> call)
    {
        var deadline = call.Deadline;
        using var pass = await EnterAsync(call.Model, deadline).ConfigureAwait(false);
        try
        {
            var response = await SendAuthorizedAsync(call.Method, call.Route, call.Body, call.Accept, deadline, deadline.Token).ConfigureAwait(false);
            deadline.LastFailure = null;
            return await call.Begin(response).ConfigureAwait(false);
        }
        catch (GrokException e)
        {
            deadline.LastFailure = e;
            if (e.Kind == GrokErrorKind.RateLimit && !(e.RetryAfter > RetryDelays.Longest))
            {
                pass?.Limit(e.RetryAfter is { Ticks: > 0 } wait ? wait : null);
            }

            throw;
        }
    }

    /// <summary>Waits while the service limits the rate of requests for the model; null where nothing is shared.</summary>
    private ValueTask<RateLimitGate.Pass?> EnterAsync(string? model, Deadline deadline)
    {
        if (_gates is null || model is null)
        {
            return default;
        }

        var gate = _gates.GetOrAdd(model, static (_, s) => new RateLimitGate(s.TimeProvider, s.RetryDelay, s.RetryJitter ?? Random.Shared.NextDouble), _settings);
        return gate.TryEnter() is { } pass ? new(pass) : WaitAsync(gate, model, deadline);
    }

    private static async ValueTask<RateLimitGate.Pass?> WaitAsync(RateLimitGate gate, string model, Deadline deadline)
    {
        try
        {
            return await gate.EnterAsync(deadline.LastFailure?.Kind == GrokErrorKind.RateLimit, deadline.Token).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new GrokException(
                GrokErrorKind.RateLimit,
                $"The service limits the rate of requests for '{model}': this call waited {RateLimitGate.LongestWait} for its turn. Nothing was sent.",
                deadline.LastFailure ?? (Exception)e);
        }
    }

    /// <summary>Sends a request with its credential, and once more with a renewed one if the service rejects it.</summary>
    private Task<HttpResponseMessage> SendAuthorizedAsync(
        HttpMethod method, string route, RequestBody? body, string accept, Deadline deadline, CancellationToken cancellationToken) =>
        _credentials.CanRenew
            ? SendRenewingAsync(method, route, body, accept, deadline, cancellationToken)
            : SendOnceAsync(method, route, body, accept, _credentials.Fixed, deadline, cancellationToken);

    private async Task<HttpResponseMessage> SendRenewingAsync(
        HttpMethod method, string route, RequestBody? body, string accept, Deadline deadline, CancellationToken cancellationToken)
    {
        var credential = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendOnceAsync(method, route, body, accept, credential, deadline, cancellationToken).ConfigureAwait(false);
        }
        // xAI rejects a wrong key with 400.
        catch (GrokException e) when (e is { Kind: GrokErrorKind.Authentication, Status: 400 or 401 } && !deadline.HasRenewed && body?.IsRepeatable != false)
        {
            deadline.HasRenewed = true;
            Log.RenewingCredential(_settings.Logger, deadline.ClientRequestId);
            var renewed = await _credentials.RenewAsync(credential, cancellationToken).ConfigureAwait(false);
            if (renewed.Value == credential.Value)
            {
                throw;
            }

            return await SendOnceAsync(method, route, body, accept, renewed, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, string route, RequestBody? body, string accept, SentCredential credential, Deadline deadline, CancellationToken cancellationToken)
    {
        using var request = _requests.Create(method, route, body, accept, credential, deadline);
        // The headers of an answer that is not streamed arrive when the answer is complete.
        using var headers = accept == EventStream.MediaType ? deadline.WaitForHeaders() : null;
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        // A handler may answer a cancellation with any exception, as in-memory test servers do.
        catch (Exception e) when (e is not (OperationCanceledException or GrokException) && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
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
            throw await ErrorReader.ReadAsync(response, _settings, deadline.Stored, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ConcurrencyLimiter Permits(int most, int queued) => new(new()
    {
        PermitLimit = most,
        QueueLimit = queued,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

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

    /// <summary>A request with everything that its attempts need.</summary>
    private sealed record Call<T>(
        HttpMethod Method, string Route, RequestBody? Body, string Accept, string? Model, Deadline Deadline, Func<HttpResponseMessage, ValueTask<T>> Begin);
}
