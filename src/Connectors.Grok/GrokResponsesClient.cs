using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectors.Grok.Http;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok;

/// <summary>
/// The routes of the Responses API, typed: for what <see cref="GrokChatClient"/> has no word for, such as fetching or deleting a
/// stored response. Safe for concurrent use.
/// </summary>
/// <remarks>Every method throws <see cref="GrokException"/> for what the service refuses or fails to do, and <see cref="TimeoutException"/> when a timeout of the options passes.</remarks>
public sealed class GrokResponsesClient : IDisposable
{
    private readonly GrokHttp _http;

    /// <summary>A client with its own HttpClient, retries and timeouts.</summary>
    /// <param name="options">The options; read once.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong.</exception>
    public GrokResponsesClient(GrokChatClientOptions options)
        : this(GrokSettings.From(options), null)
    {
    }

    /// <summary>A client over the caller's HttpClient, which is neither altered nor disposed. No retries unless <see cref="GrokChatClientOptions.MaxRetries"/> is set.</summary>
    /// <param name="options">The options; read once.</param>
    /// <param name="httpClient">The caller's client. Its BaseAddress is not used; its Timeout still applies. Give its handler <c>AllowAutoRedirect = false</c>, or a redirect takes the messages (never the key) elsewhere.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong.</exception>
    public GrokResponsesClient(GrokChatClientOptions options, HttpClient httpClient)
        : this(GrokSettings.From(options), httpClient ?? throw new ArgumentNullException(nameof(httpClient)))
    {
    }

    internal GrokResponsesClient(GrokSettings settings, HttpClient? httpClient)
    {
        Settings = settings;
        _http = new GrokHttp(settings, httpClient);
    }

    internal GrokSettings Settings { get; }

    /// <summary>Creates a response and waits for all of it. <c>POST /v1/responses</c></summary>
    /// <param name="request">The request; <c>stream</c> is set as the method needs it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GrokException">The service refused, failed, or said that the response failed.</exception>
    public async Task<GrokResponse> CreateAsync(ResponseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = request with { Stream = null };
        using var body = Body(request);
        try
        {
            var (response, headers) = await _http.SendAsync(
                HttpMethod.Post, "responses", body, WireJson.Context.GrokResponse, cancellationToken).ConfigureAwait(false);
            return Finished(response, headers);
        }
        catch (GrokException e) when (Advice.For(e, request) is { } advice)
        {
            throw e.WithAdvice(advice);
        }
    }

    /// <summary>Creates a response and yields its events as they arrive, the last one being the one that ends the response. <c>POST /v1/responses</c></summary>
    /// <param name="request">The request; <c>stream</c> is set as the method needs it.</param>
    /// <param name="cancellationToken">Ends the call; the connection is released.</param>
    /// <exception cref="GrokException">The service refused, failed, or the stream stopped before its end; thrown after what came before was yielded.</exception>
    public IAsyncEnumerable<ResponseEvent> StreamAsync(ResponseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return EventsAsync(request, cancellationToken);
    }

    /// <summary>Fetches a stored response. <c>GET /v1/responses/{id}</c></summary>
    /// <param name="responseId">The response's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GrokException">With <see cref="GrokErrorKind.UnknownResponse"/> when it was never stored, is deleted or expired.</exception>
    public async Task<GrokResponse> GetAsync(string responseId, CancellationToken cancellationToken = default)
    {
        var (response, headers) = await _http.SendAsync(
            HttpMethod.Get, Route(responseId), null, WireJson.Context.GrokResponse, cancellationToken).ConfigureAwait(false);
        return response with { Headers = headers };
    }

    /// <summary>Deletes a stored response. <c>DELETE /v1/responses/{id}</c></summary>
    /// <param name="responseId">The response's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GrokException">With <see cref="GrokErrorKind.UnknownResponse"/> when there is none, or none any more.</exception>
    public async Task<DeletedResponse> DeleteAsync(string responseId, CancellationToken cancellationToken = default)
    {
        var (deleted, _) = await _http.SendAsync(
            HttpMethod.Delete, Route(responseId), null, WireJson.Context.DeletedResponse, cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    /// <summary>The models the key may use. <c>GET /v1/models</c></summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GrokException">The service refused or failed.</exception>
    public async Task<IReadOnlyList<GrokModel>> ListModelsAsync(CancellationToken cancellationToken = default)
    {
        var (models, _) = await _http.SendAsync(
            HttpMethod.Get, "models", null, WireJson.Context.ModelList, cancellationToken).ConfigureAwait(false);
        return models.Data ?? [];
    }

    /// <summary>Disposes the HttpClient if it is the client's own.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>The stream as <see cref="GrokChatClient"/> reads it.</summary>
    /// <param name="request">The request; <c>stream</c> is set as the method needs it.</param>
    /// <param name="deltas">Reads deltas without a record; null for an event each.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal async IAsyncEnumerable<StreamedEvent> StreamAsync(
        ResponseRequest request, DeltaReader? deltas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request = request with { Stream = true };
        using var deadline = _http.NewDeadline(cancellationToken);
        using var answer = await OpenAsync(request, deadline).ConfigureAwait(false);
        var headers = GrokHttp.Headers(answer, Settings);
        if (answer.Content.Headers.ContentType?.MediaType is not null && !GrokHttp.Is(answer.Content, EventStream.MediaType))
        {
            // Some gateways answer a wish to stream with the whole response.
            yield return new(new LifecycleEvent("response.completed") { Response = await ReadWholeAsync(answer, headers, deadline).ConfigureAwait(false) });
            yield break;
        }

        var body = await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var events = new EventStream(new BoundedStream(body), headers, deadline, Settings, deltas);
            while (await events.NextAsync().ConfigureAwait(false))
            {
                yield return events.Current is { Event: LifecycleEvent { Response: { } response } life }
                    ? events.Current with { Event = life with { Response = response with { Headers = headers } } }
                    : events.Current;
            }
        }
    }

    private async IAsyncEnumerable<ResponseEvent> EventsAsync(ResponseRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in StreamAsync(request, null, cancellationToken).ConfigureAwait(false))
        {
            yield return e.Event!;
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(ResponseRequest request, Deadline deadline)
    {
        using var body = Body(request);
        try
        {
            return await _http.OpenAsync("responses", body, deadline).ConfigureAwait(false);
        }
        catch (GrokException e) when (Advice.For(e, request) is { } advice)
        {
            throw e.WithAdvice(advice);
        }
    }

    private async Task<GrokResponse> ReadWholeAsync(HttpResponseMessage answer, ResponseHeaders headers, Deadline deadline)
    {
        try
        {
            return Finished(await GrokHttp.ReadJsonAsync(answer, WireJson.Context.GrokResponse, Settings, deadline.Token).ConfigureAwait(false), headers);
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    /// <summary>A response that says of itself that it failed is no answer, whatever the HTTP status.</summary>
    private GrokResponse Finished(GrokResponse response, ResponseHeaders headers)
    {
        if (ErrorBody.Of(response) is { } failure)
        {
            throw ErrorReader.FromAnswer(failure, headers, Settings);
        }

        return response switch
        {
            // Another API's answer has an id as well: it must not pass for one that says nothing.
            { Output: null } => throw new GrokException(
                GrokErrorKind.Server, $"The answer is JSON, but no response of the API. Does {Settings.Endpoint.GetLeftPart(UriPartial.Authority)} really speak xAI's Responses API?"),
            { Status: "in_progress" or "queued" } => throw new GrokException(GrokErrorKind.Server, $"The service answered with a response that is not finished ({response.Status})."),
            _ => response with { Headers = headers },
        };
    }

    private static RequestBody Body(ResponseRequest request) => RequestBody.Of(request, WireJson.Context.ResponseRequest);

    private static string Route(string responseId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(responseId);
        // Ids are opaque: whatever stands in one must stay inside its path segment.
        return responseId is "." or ".."
            ? throw new ArgumentException("This is no response id.", nameof(responseId))
            : $"responses/{Uri.EscapeDataString(responseId)}";
    }
}
