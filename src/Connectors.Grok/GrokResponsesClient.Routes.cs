using System.Globalization;
using System.Runtime.CompilerServices;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok;

/// <content>The routes beside those of single responses: compaction, input items, models, tokens and the account.</content>
public partial class GrokResponsesClient
{
    /// <summary>Compacts a conversation: the service summarizes and encrypts it. <c>POST /v1/responses/compact</c></summary>
    /// <remarks>
    /// The next <c>input</c> begins with the returned item, unchanged, and continues with the new turns. The conversation must still fit the context
    /// window. The call costs tokens, and the next prompt is not in the prompt cache.
    /// </remarks>
    /// <param name="request">The model and the whole conversation; both are required.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The compacted conversation.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is null, or has no model or no input.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<GrokCompaction> CompactAsync(CreateCompactionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrWhiteSpace(request.Model) || request.Input is not { Count: > 0 })
        {
            throw new ArgumentException($"A compaction needs {nameof(request.Model)} and {nameof(request.Input)}.", nameof(request));
        }

        return await Http.CompactAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the input items of a stored response, page by page. <c>GET /v1/responses/{id}/input_items</c></summary>
    /// <remarks>Whether the items of a continued response include those of the responses before it is not documented by xAI.</remarks>
    /// <param name="responseId">The response's id.</param>
    /// <param name="after">The id of the item after which the list begins; null for all items.</param>
    /// <param name="descending">Whether the last item comes first.</param>
    /// <param name="pageSize">The number of items per request, 1 to 100; null for the service's default of 20.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The items. Nothing is sent before they are enumerated, and the next page only when it is needed.</returns>
    /// <exception cref="ArgumentException"><paramref name="responseId"/> is null, blank, or not a valid id.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pageSize"/> is not 1 to 100.</exception>
    /// <exception cref="GrokException">With <see cref="GrokErrorKind.UnknownResponse"/> when it was never stored, is deleted or expired; otherwise the service failed or a timeout passed. Thrown by the enumeration.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual IAsyncEnumerable<ResponseItem> ListInputItemsAsync(
        string responseId, string? after = null, bool descending = false, int? pageSize = null, CancellationToken cancellationToken = default)
    {
        var route = Route(responseId) + "/input_items";
        if (pageSize is not (null or (>= 1 and <= 100)))
        {
            throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, "A page has 1 to 100 items.");
        }

        return ItemsAsync(responseId, route, after, descending, pageSize, cancellationToken);
    }

    /// <summary>Lists the models that the key may use: language, image and video models. <c>GET /v1/models</c></summary>
    /// <remarks>Efforts, context windows and price steps in the answer replace the built-in table of this client from then on; see <see cref="GetModelProfile"/>.</remarks>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The models; empty when there are none.</returns>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<IReadOnlyList<GrokModel>> ListModelsAsync(CancellationToken cancellationToken = default)
    {
        var (result, _) = await Http.SendAsync(HttpMethod.Get, "models", WireJson.Context.ListModelsResult, cancellationToken).ConfigureAwait(false);
        _settings!.Models.Add(result.Data ?? []);
        return result.Data ?? [];
    }

    /// <summary>Lists the language models that the key may use, with their modalities and all prices. <c>GET /v1/language-models</c></summary>
    /// <remarks>Efforts and price steps in the answer replace the built-in table of this client from then on; see <see cref="GetModelProfile"/>.</remarks>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The models; empty when there are none.</returns>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<IReadOnlyList<GrokLanguageModel>> ListLanguageModelsAsync(CancellationToken cancellationToken = default)
    {
        var (result, _) = await Http.SendAsync(HttpMethod.Get, "language-models", WireJson.Context.ListLanguageModelsResult, cancellationToken).ConfigureAwait(false);
        _settings!.Models.Add(result.Models ?? []);
        return result.Models ?? [];
    }

    /// <summary>Gets one language model. <c>GET /v1/language-models/{id}</c></summary>
    /// <param name="model">The model's name or alias.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is null, blank, or not a valid name.</exception>
    /// <exception cref="GrokException">There is no such model, the service failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<GrokLanguageModel> GetLanguageModelAsync(string model, CancellationToken cancellationToken = default)
    {
        var (result, _) = await Http.SendAsync(HttpMethod.Get, Routes.Item("language-models", model, nameof(model)), WireJson.Context.GrokLanguageModel, cancellationToken).ConfigureAwait(false);
        _settings!.Models.Add([result]);
        return result;
    }

    /// <summary>Gets what this client knows about a model: what the service told in an earlier call that lists models, otherwise the built-in table. Sends no request.</summary>
    /// <param name="model">The model's name or alias.</param>
    /// <returns>The profile; members that are unknown are null.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is null or blank.</exception>
    public virtual GrokModelProfile GetModelProfile(string model)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        return ModelProfile.Get(model, _settings ?? throw NotOverridden());
    }

    /// <summary>Splits a text into the tokens of a model. <c>POST /v1/tokenize-text</c></summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The tokens, in order; their number is what the text costs as input.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is null or blank, or <paramref name="text"/> is null.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<IReadOnlyList<GrokToken>> TokenizeAsync(string model, string text, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        ArgumentNullException.ThrowIfNull(text);
        var result = await Http.PostAsync(
            "tokenize-text", null, new TokenizeTextRequest { Model = model, Text = text }, WireJson.Context.TokenizeTextRequest, WireJson.Context.TokenizeTextResult, cancellationToken).ConfigureAwait(false);
        return result.TokenIds ?? [];
    }

    /// <summary>Gets the user and the team of the key. <c>GET /v1/me</c></summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The account.</returns>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<GrokAccount> GetAccountAsync(CancellationToken cancellationToken = default) =>
        (await Http.SendAsync(HttpMethod.Get, "me", WireJson.Context.GrokAccount, cancellationToken).ConfigureAwait(false)).Answer;

    /// <summary>Whether the team has zero data retention, so that no response is stored and no conversation can be continued by id. <c>GET /v1/me</c></summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>True for zero data retention; null when the service does not say.</returns>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public virtual async Task<bool?> HasZeroDataRetentionAsync(CancellationToken cancellationToken = default) =>
        (await GetAccountAsync(cancellationToken).ConfigureAwait(false)).ZdrStatus switch
        {
            "zdr" => true,
            "no_zdr" => false,
            _ => null,
        };

    private async IAsyncEnumerable<ResponseItem> ItemsAsync(string responseId, string route, string? after, bool descending, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var size = pageSize?.ToString(CultureInfo.InvariantCulture);
        for (var isLast = false; !isLast;)
        {
            var (page, _) = await Http.SendAsync(
                HttpMethod.Get, Routes.WithQuery(route, ("limit", size), ("order", descending ? "desc" : null), ("after", after)), WireJson.Context.ListInputItemsResult, responseId, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Data ?? [])
            {
                yield return item;
            }

            // A page that does not move on would be read for ever.
            isLast = page.HasMore != true || page.LastId is null || page.LastId == after;
            after = page.LastId;
        }
    }
}
