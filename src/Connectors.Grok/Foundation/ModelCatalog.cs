using System.Collections.Concurrent;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Foundation;

/// <summary>
/// What the service told a client about its models. Filled by the calls that list models, and by nothing else: no request is sent to fill it. Facts of
/// two lists about the same model are joined, because neither list has all of them.
/// </summary>
internal sealed class ModelCatalog
{
    /// <summary>More names than the service has; a list of more is not kept whole.</summary>
    private const int MostNames = 10_000;

    // Most clients list no models.
    private ConcurrentDictionary<string, GrokModelProfile>? _profiles;

    /// <summary>Keeps the facts of a list of models.</summary>
    public void Add(IEnumerable<GrokModel> models)
    {
        foreach (var model in models)
        {
            var prices = GrokModelPrices.From(model.PromptTextTokenPrice, model.CachedPromptTextTokenPrice, model.CompletionTextTokenPrice);
            var longer = GrokModelPrices.From(model.PromptTextTokenPriceLongContext, model.CachedPromptTextTokenPriceLongContext, model.CompletionTextTokenPriceLongContext, prices);
            Add(model.Id, model.Aliases, model.Capabilities, model.ContextLength, model.LongContextThreshold, prices, longer);
        }
    }

    /// <inheritdoc cref="Add(IEnumerable{GrokModel})"/>
    public void Add(IEnumerable<GrokLanguageModel> models)
    {
        foreach (var model in models)
        {
            var prices = GrokModelPrices.From(model.PromptTextTokenPrice, model.CachedPromptTextTokenPrice, model.CompletionTextTokenPrice);
            var longer = GrokModelPrices.From(model.PromptTextTokenPriceLongContext, model.CachedPromptTextTokenPriceLongContext, model.CompletionTextTokenPriceLongContext, prices);
            Add(model.Id, model.Aliases, model.Capabilities, contextLength: null, model.LongContextThreshold, prices, longer);
        }
    }

    /// <summary>Gets the facts about a model, by its name or an alias; null when the service told none.</summary>
    public GrokModelProfile? Find(string model) => _profiles?.GetValueOrDefault(model);

    private void Add(
        string? id, IReadOnlyList<string>? aliases, ModelCapabilities? capabilities, long? contextLength, long? threshold, GrokModelPrices? prices, GrokModelPrices? longContextPrices)
    {
        var profiles = LazyInitializer.EnsureInitialized(ref _profiles, static () => new(StringComparer.OrdinalIgnoreCase));
        foreach (var name in (aliases ?? []).Prepend(id).OfType<string>())
        {
            var told = new GrokModelProfile(name)
            {
                ReasoningEfforts = capabilities?.ReasoningEffort,
                DefaultReasoningEffort = capabilities?.DefaultReasoningEffort,
                ContextLength = contextLength,
                LongContextThreshold = threshold,
                Prices = prices,
                LongContextPrices = longContextPrices,
                IsFromService = true,
            };
            if (profiles.ContainsKey(name) || profiles.Count < MostNames)
            {
                profiles.AddOrUpdate(name, static (_, told) => told, static (_, known, told) => ModelProfile.Over(told, known), told);
            }
        }
    }
}
