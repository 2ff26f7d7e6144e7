using System.Net;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <content>The routes other than the creation of a response.</content>
internal sealed partial class GrokHttp
{
    /// <summary>Calls a route with a JSON body and a JSON answer.</summary>
    public async Task<TAnswer> PostAsync<TBody, TAnswer>(string route, TBody request, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var body = RequestBody.Create(request, bodyType);
        return (await SendAsync(HttpMethod.Post, route, body, type, cancellationToken).ConfigureAwait(false)).Answer;
    }

    /// <summary>Compacts a conversation.</summary>
    public async Task<GrokCompaction> CompactAsync(CreateCompactionRequest request, CancellationToken cancellationToken)
    {
        var compaction = await PostAsync($"{ResponsesRoute}/compact", request, WireJson.Context.CreateCompactionRequest, WireJson.Context.GrokCompaction, cancellationToken).ConfigureAwait(false);
        return compaction.Output is { Count: > 0 } ? compaction : throw new GrokException(GrokErrorKind.Server, "The answer to the compaction holds no item.") { IsTransient = false };
    }

    /// <summary>Deletes something. Some services confirm with a body, others with an empty answer.</summary>
    /// <returns>The confirmation; null for an empty one.</returns>
    public async Task<T?> DeleteAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = new Deadline(settings, cancellationToken);
        try
        {
            using var answer = await _sender.SendAsync(HttpMethod.Delete, route, null, "application/json", deadline).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.NoContent ? null : await AnswerReader.ReadJsonAsync(answer, type, settings, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
    }

    /// <summary>Uploads a file.</summary>
    public async Task<GrokFile> UploadAsync(UploadBody body, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, "files", body, WireJson.Context.GrokFile, cancellationToken).ConfigureAwait(false)).Answer;

    /// <summary>Opens the content of a file. The stream owns the connection and the deadline of the call.</summary>
    public async Task<AnswerStream> DownloadAsync(string route, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(settings, cancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await _sender.SendAsync(HttpMethod.Get, route, null, "*/*", deadline).ConfigureAwait(false);
            return new AnswerStream(await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false), answer, deadline);
        }
        catch (Exception e)
        {
            answer?.Dispose();
            using (deadline)
            {
                throw e is OperationCanceledException cancelled ? deadline.Explain(cancelled) : e is GrokException or ObjectDisposedException ? Rethrown(e) : new GrokException(GrokErrorKind.StreamBroken, "The file cannot be read.", e);
            }
        }
    }

    private static Exception Rethrown(Exception e)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        return e;
    }
}
