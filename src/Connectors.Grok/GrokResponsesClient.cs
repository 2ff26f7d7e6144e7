using System.Runtime.CompilerServices;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok;

/// <summary>
/// A typed client of the Responses API, for operations that <see cref="GrokChatClient"/> does not support, such as getting or deleting a
/// stored response. Safe for concurrent use. Its methods are virtual, so that a test can mock it.
/// </summary>
/// <remarks>Every method throws <see cref="GrokException"/> for what the service rejects or fails to do, and of the kind <see cref="GrokErrorKind.Timeout"/> when a timeout of the options passes.</remarks>
public partial class GrokResponsesClient : IDisposable
{
    private readonly GrokHttp? _http;
    private readonly GrokSettings? _settings;

    /// <summary>Creates a client with its own HttpClient, retries and timeouts.</summary>
    /// <param name="options">The options; read once.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public GrokResponsesClient(GrokChatClientOptions options)
        : this(GrokSettings.From(options), null)
    {
    }

    /// <summary>Creates a client over the caller's HttpClient, which is neither changed nor disposed. No retries unless <see cref="GrokChatClientOptions.MaxRetries"/> is set.</summary>
    /// <param name="options">The options; read once.</param>
    /// <param name="httpClient">The caller's client. Its BaseAddress is not used; its Timeout still applies. Give its handler <c>AllowAutoRedirect = false</c>, or a redirect sends the messages and all headers but <c>Authorization</c> elsewhere.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="httpClient"/> is null.</exception>
    public GrokResponsesClient(GrokChatClientOptions options, HttpClient httpClient)
        : this(GrokSettings.From(options), httpClient ?? throw new ArgumentNullException(nameof(httpClient)))
    {
    }

    /// <summary>Creates a client for mocking: a method that is not overridden throws <see cref="InvalidOperationException"/>.</summary>
    protected GrokResponsesClient()
    {
    }

    internal GrokResponsesClient(GrokSettings settings, HttpClient? httpClient) => (_settings, _http) = (settings, new GrokHttp(settings, httpClient));

    /// <summary>The transport, which the client of files shares.</summary>
    internal GrokHttp Http => _http ?? throw NotOverridden();

    /// <summary>
    /// Creates a response and waits until it is complete. <c>POST /v1/responses</c>. Requests a stream, unless <see cref="GrokChatClientOptions.AlwaysStream"/> is false.
    /// </summary>
    /// <param name="request">The request; its <c>stream</c> member is set by this method.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The finished response.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is null, or its <see cref="CreateResponseRequest.ClientRequestId"/> cannot be a header's value.</exception>
    /// <exception cref="GrokException">The service rejected the request, failed, or reported a failed response, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <seealso href="https://docs.x.ai/docs/guides/chat#conversations">xAI: conversations</seealso>
    public virtual async Task<GrokResponse> CreateAsync(CreateResponseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await Http.CreateAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates a response and yields its events as they arrive, the last one being the one that ends the response. <c>POST /v1/responses</c></summary>
    /// <param name="request">The request; its <c>stream</c> member is set by this method.</param>
    /// <param name="cancellationToken">Ends the call; the connection is released.</param>
    /// <returns>The events in their order. Nothing is sent before they are enumerated.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is null, or its <see cref="CreateResponseRequest.ClientRequestId"/> cannot be a header's value.</exception>
    /// <exception cref="GrokException">The service rejected the request, failed, or the stream stopped before its terminal event, or a timeout passed. Thrown after the events that arrived before.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <seealso href="https://docs.x.ai/docs/guides/streaming-response">xAI: streaming</seealso>
    public virtual IAsyncEnumerable<ResponseEvent> StreamAsync(CreateResponseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ClientRequestIds.Check(request.ClientRequestId);
        return EventsAsync(request, cancellationToken);
    }

    /// <summary>Gets a stored response. <c>GET /v1/responses/{id}</c></summary>
    /// <param name="responseId">The response's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The response.</returns>
    /// <exception cref="ArgumentException"><paramref name="responseId"/> is null, blank, or not a valid id.</exception>
    /// <exception cref="GrokException">With <see cref="GrokErrorKind.UnknownResponse"/> when it was never stored, is deleted or expired; otherwise the service failed or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<GrokResponse> GetAsync(string responseId, CancellationToken cancellationToken = default)
    {
        var (response, headers) = await Http.SendAsync(
            HttpMethod.Get, Route(responseId), WireJson.Context.GrokResponse, responseId, cancellationToken).ConfigureAwait(false);
        return response with { Headers = headers };
    }

    /// <summary>Deletes a stored response. <c>DELETE /v1/responses/{id}</c></summary>
    /// <param name="responseId">The response's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The service's confirmation.</returns>
    /// <exception cref="ArgumentException"><paramref name="responseId"/> is null, blank, or not a valid id.</exception>
    /// <exception cref="GrokException">With <see cref="GrokErrorKind.UnknownResponse"/> when it was never stored, is deleted or expired; otherwise the service failed or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<DeleteResponseResult> DeleteAsync(string responseId, CancellationToken cancellationToken = default) =>
        await Http.DeleteAsync(Route(responseId), WireJson.Context.DeleteResponseResult, responseId, cancellationToken).ConfigureAwait(false)
        // The other form of a confirmation, 204 without a body.
        ?? new DeleteResponseResult { Id = responseId, Deleted = true };

    /// <summary>Disposes the HttpClient if the client owns it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes the HttpClient if the client owns it.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called, rather than a finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http?.Dispose();
        }
    }

    /// <summary>Creates a response and yields its events as <see cref="GrokChatClient"/> reads them, with deltas as structs.</summary>
    internal IAsyncEnumerable<StreamedEvent> StreamDeltasAsync(CreateResponseRequest request, CancellationToken cancellationToken) =>
        Http.StreamAsync(request, new DeltaReader(), cancellationToken);

    private async IAsyncEnumerable<ResponseEvent> EventsAsync(CreateResponseRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in Http.StreamAsync(request, null, cancellationToken).ConfigureAwait(false))
        {
            yield return e.Event!;
        }
    }

    private static string Route(string responseId) => Routes.Item("responses", responseId, nameof(responseId));

    private static InvalidOperationException NotOverridden() => new("The client was made for mocking, and this method is not overridden.");
}
