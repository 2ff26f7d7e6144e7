using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>The Responses API over HTTP: takes and returns wire records and events. Handles bytes, headers, timeouts and errors; independent of chat.</summary>
internal sealed partial class GrokHttp(GrokSettings settings, HttpClient? client) : IDisposable
{
    private const string ResponsesRoute = "responses";

    private readonly RequestSender _sender = new(settings, client);

    /// <summary>Calls a route without a request body and with a JSON answer.</summary>
    public Task<(T Answer, ResponseHeaders Headers)> SendAsync<T>(HttpMethod method, string route, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => SendAsync(method, route, null, type, cancellationToken);

    /// <summary>Creates a response and waits until it is complete.</summary>
    public async Task<GrokResponse> CreateAsync(CreateResponseRequest request, CancellationToken cancellationToken)
    {
        request = request with { Stream = null };
        using var body = BodyOf(request);
        try
        {
            var (response, headers) = await SendAsync(HttpMethod.Post, ResponsesRoute, body, WireJson.Context.GrokResponse, cancellationToken).ConfigureAwait(false);
            return AnswerReader.Finished(response, headers, settings);
        }
        catch (GrokException e) when (ErrorHints.For(e, request) is { } hint)
        {
            throw e.WithHint(hint);
        }
    }

    /// <summary>Creates a response and yields its events as they arrive, the last one being the one that ends the response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deltas">Reads deltas without a record; null for an event each.</param>
    /// <param name="cancellationToken">Ends the call; the connection is released.</param>
    public async IAsyncEnumerable<StreamedEvent> StreamAsync(
        CreateResponseRequest request, DeltaReader? deltas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request = request with { Stream = true };
        using var deadline = new Deadline(settings, cancellationToken);
        using var answer = await OpenAsync(request, deadline).ConfigureAwait(false);
        var headers = AnswerReader.Headers(answer, settings);
        if (answer.Content.Headers.ContentType?.MediaType is not null && !AnswerReader.Is(answer.Content, EventStream.MediaType))
        {
            // Some gateways answer a streaming request with the whole response.
            yield return new(new LifecycleEvent("response.completed") { Response = await ReadWholeAsync(answer, headers, deadline).ConfigureAwait(false) });
            yield break;
        }

        var body = await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var events = new EventStream(new BoundedStream(body), headers, deadline, settings, deltas);
            while (await events.NextAsync().ConfigureAwait(false))
            {
                yield return events.Current is { Event: LifecycleEvent { Response: { } response } life }
                    ? events.Current with { Event = life with { Response = response with { Headers = headers } } }
                    : events.Current;
            }
        }
    }

    public void Dispose() => _sender.Dispose();

    private async Task<(T Answer, ResponseHeaders Headers)> SendAsync<T>(
        HttpMethod method, string route, RequestBody? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = new Deadline(settings, cancellationToken);
        try
        {
            using var answer = await _sender.SendAsync(method, route, body, "application/json", deadline).ConfigureAwait(false);
            return (await AnswerReader.ReadJsonAsync(answer, type, settings, deadline.Token).ConfigureAwait(false), AnswerReader.Headers(answer, settings));
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    /// <summary>Opens a stream. The deadline lives as long as the stream.</summary>
    private async Task<HttpResponseMessage> OpenAsync(CreateResponseRequest request, Deadline deadline)
    {
        using var body = BodyOf(request);
        try
        {
            return await _sender.SendAsync(HttpMethod.Post, ResponsesRoute, body, EventStream.MediaType, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
        catch (GrokException e) when (ErrorHints.For(e, request) is { } hint)
        {
            throw e.WithHint(hint);
        }
    }

    private async Task<GrokResponse> ReadWholeAsync(HttpResponseMessage answer, ResponseHeaders headers, Deadline deadline)
    {
        try
        {
            var response = await AnswerReader.ReadJsonAsync(answer, WireJson.Context.GrokResponse, settings, deadline.Token).ConfigureAwait(false);
            return AnswerReader.Finished(response, headers, settings);
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    private static RequestBody BodyOf(CreateResponseRequest request) => RequestBody.Create(request, WireJson.Context.CreateResponseRequest);
}
