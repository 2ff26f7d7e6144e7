using System.Runtime.CompilerServices;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok;

/// <summary>
/// The routes of the Responses API, typed: for what <see cref="GrokChatClient"/> has no word for, such as fetching or deleting a
/// stored response. Safe for concurrent use.
/// </summary>
/// <remarks>Every method throws <see cref="GrokException"/> for what the service rejects or fails to do, and of the kind <see cref="GrokErrorKind.Timeout"/> when a timeout of the options passes.</remarks>
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
        return await _http.CreateAsync(request, cancellationToken).ConfigureAwait(false);
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
            HttpMethod.Get, Route(responseId), WireJson.Context.GrokResponse, cancellationToken).ConfigureAwait(false);
        return response with { Headers = headers };
    }

    /// <summary>Deletes a stored response. <c>DELETE /v1/responses/{id}</c></summary>
    /// <param name="responseId">The response's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GrokException">With <see cref="GrokErrorKind.UnknownResponse"/> when there is none, or none any more.</exception>
    public async Task<DeletedResponse> DeleteAsync(string responseId, CancellationToken cancellationToken = default)
    {
        var (deleted, _) = await _http.SendAsync(
            HttpMethod.Delete, Route(responseId), WireJson.Context.DeletedResponse, cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    /// <summary>The models the key may use. <c>GET /v1/models</c></summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GrokException">The service refused or failed.</exception>
    public async Task<IReadOnlyList<GrokModel>> ListModelsAsync(CancellationToken cancellationToken = default)
    {
        var (models, _) = await _http.SendAsync(
            HttpMethod.Get, "models", WireJson.Context.ModelList, cancellationToken).ConfigureAwait(false);
        return models.Data ?? [];
    }

    /// <summary>Disposes the HttpClient if it is the client's own.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>The stream as <see cref="GrokChatClient"/> reads it: deltas without a record.</summary>
    internal IAsyncEnumerable<StreamedEvent> StreamDeltasAsync(ResponseRequest request, CancellationToken cancellationToken) =>
        _http.StreamAsync(request, new DeltaReader(), cancellationToken);

    private async IAsyncEnumerable<ResponseEvent> EventsAsync(ResponseRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in _http.StreamAsync(request, null, cancellationToken).ConfigureAwait(false))
        {
            yield return e.Event!;
        }
    }

    private static string Route(string responseId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(responseId);
        // Ids are opaque: whatever stands in one must stay inside its path segment.
        return responseId is "." or ".."
            ? throw new ArgumentException("This is no response id.", nameof(responseId))
            : $"responses/{Uri.EscapeDataString(responseId)}";
    }
}
