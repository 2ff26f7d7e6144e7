using System.Net;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <content>The routes other than the creation of a response.</content>
internal sealed partial class GrokHttp
{
    /// <summary>Calls a route with a JSON body and a JSON answer.</summary>
    /// <param name="route">The route, relative to the endpoint.</param>
    /// <param name="model">The model, whose rate limit the request shares; null for none.</param>
    /// <param name="request">The body.</param>
    /// <param name="bodyType">How it is written.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string route, string? model, TBody request, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var body = RequestBody.Create(request, bodyType);
        return (await SendAsync(HttpMethod.Post, route, body, model, type, new Deadline(_settings, null, cancellationToken)).ConfigureAwait(false)).Answer;
    }

    /// <summary>Compacts a conversation.</summary>
    public async Task<GrokCompaction> CompactAsync(CreateCompactionRequest request, CancellationToken cancellationToken)
    {
        var compaction = await PostAsync($"{ResponsesRoute}/compact", request.Model, request, WireJson.Context.CreateCompactionRequest, WireJson.Context.GrokCompaction, cancellationToken).ConfigureAwait(false);
        return compaction.Output is { Count: > 0 } ? compaction : throw new GrokException(GrokErrorKind.Server, "The answer to the compaction holds no item.") { IsTransient = false };
    }

    /// <summary>Deletes something. Some services confirm with a body, others with an empty answer.</summary>
    /// <param name="route">The route, relative to the endpoint.</param>
    /// <param name="type">How the confirmation is read.</param>
    /// <param name="storedId">The stored response of the route; null for something else.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The confirmation; null for an empty one.</returns>
    public async Task<T?> DeleteAsync<T>(string route, JsonTypeInfo<T> type, string? storedId, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = DeadlineOf(storedId, cancellationToken);
        try
        {
            using var answer = await AnswerAsync(HttpMethod.Delete, route, "application/json", deadline).ConfigureAwait(false);
            if (storedId is not null)
            {
                _sender.NewResponses?.Remove(storedId);
            }

            return answer.StatusCode == HttpStatusCode.NoContent ? null : await AnswerReader.ReadJsonAsync(answer, type, _settings, deadline.Token).ConfigureAwait(false);
        }
        catch (GrokException e)
        {
            e.WithIds(deadline.ClientRequestId);
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    /// <summary>Uploads a file.</summary>
    public async Task<GrokFile> UploadAsync(UploadBody body, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, "files", body, null, WireJson.Context.GrokFile, new Deadline(_settings, null, cancellationToken)).ConfigureAwait(false)).Answer;

    /// <summary>Opens the content of a file. The stream owns the connection and the deadline of the call.</summary>
    public async Task<AnswerStream> DownloadAsync(string route, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(_settings, null, cancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await AnswerAsync(HttpMethod.Get, route, "*/*", deadline).ConfigureAwait(false);
            return new AnswerStream(await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false), answer, deadline);
        }
        catch (Exception e)
        {
            answer?.Dispose();
            (e as GrokException)?.WithIds(deadline.ClientRequestId);
            using (deadline)
            {
                throw e is OperationCanceledException cancelled ? deadline.Explain(cancelled) : e is GrokException or ObjectDisposedException ? Rethrown(e) : new GrokException(GrokErrorKind.StreamBroken, "The file cannot be read.", e);
            }
        }
    }

    /// <summary>Calls a route, and ignores the content of a successful answer.</summary>
    public async Task PingAsync(string route, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_settings, null, cancellationToken);
        try
        {
            (await AnswerAsync(HttpMethod.Get, route, "application/json", deadline).ConfigureAwait(false)).Dispose();
        }
        catch (GrokException e)
        {
            e.WithIds(deadline.ClientRequestId);
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    private ValueTask<HttpResponseMessage> AnswerAsync(HttpMethod method, string route, string accept, Deadline deadline) =>
        _sender.SendAsync<HttpResponseMessage>(method, route, null, accept, null, deadline, static answer => new(answer));

    private static Exception Rethrown(Exception e)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        return e;
    }
}
