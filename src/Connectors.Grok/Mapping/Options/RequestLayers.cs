using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Merges two layers of a request.</summary>
internal static class RequestLayers
{
    /// <summary>The layer that sets nothing. Most calls have one layer, which is then not copied.</summary>
    public static readonly CreateResponseRequest Empty = new();

    /// <summary>Takes the values of the upper layer where they are set, otherwise those of the lower layer. Tools of both are offered, the upper ones first.</summary>
    public static CreateResponseRequest Over(this CreateResponseRequest upper, CreateResponseRequest lower) =>
        ReferenceEquals(lower, Empty) ? upper : ReferenceEquals(upper, Empty) ? lower : Merge(upper, lower);

    private static CreateResponseRequest Merge(CreateResponseRequest upper, CreateResponseRequest lower) => upper with
    {
        Model = upper.Model ?? lower.Model,
        PreviousResponseId = upper.PreviousResponseId ?? lower.PreviousResponseId,
        Instructions = upper.Instructions ?? lower.Instructions,
        Input = upper.Input ?? lower.Input,
        Store = upper.Store ?? lower.Store,
        Stream = upper.Stream ?? lower.Stream,
        StreamToolCalls = upper.StreamToolCalls ?? lower.StreamToolCalls,
        Include = upper.Include ?? lower.Include,
        MaxOutputTokens = upper.MaxOutputTokens ?? lower.MaxOutputTokens,
        MaxTurns = upper.MaxTurns ?? lower.MaxTurns,
        Tools = lower.Tools is null ? upper.Tools : [.. upper.Tools ?? [], .. lower.Tools],
        ToolChoice = upper.ToolChoice ?? lower.ToolChoice,
        ParallelToolCalls = upper.ParallelToolCalls ?? lower.ParallelToolCalls,
        Text = Over(upper.Text, lower.Text),
        Reasoning = Over(upper.Reasoning, lower.Reasoning),
        Temperature = upper.Temperature ?? lower.Temperature,
        TopP = upper.TopP ?? lower.TopP,
        TopK = upper.TopK ?? lower.TopK,
        Seed = upper.Seed ?? lower.Seed,
        User = upper.User ?? lower.User,
        PromptCacheKey = upper.PromptCacheKey ?? lower.PromptCacheKey,
        ServiceTier = upper.ServiceTier ?? lower.ServiceTier,
        MinP = upper.MinP ?? lower.MinP,
        SafetyIdentifier = upper.SafetyIdentifier ?? lower.SafetyIdentifier,
        Guidelines = upper.Guidelines ?? lower.Guidelines,
        ClientRequestId = upper.ClientRequestId ?? lower.ClientRequestId,
        AdditionalMembers = Over(upper.AdditionalMembers, lower.AdditionalMembers),
    };

    private static ReasoningConfig? Over(ReasoningConfig? upper, ReasoningConfig? lower) => upper is null || lower is null
        ? upper ?? lower
        : upper with { Effort = upper.Effort ?? lower.Effort, Summary = upper.Summary ?? lower.Summary, AdditionalMembers = Over(upper.AdditionalMembers, lower.AdditionalMembers) };

    private static TextConfig? Over(TextConfig? upper, TextConfig? lower) => upper is null || lower is null
        ? upper ?? lower
        : upper with { Format = upper.Format ?? lower.Format, AdditionalMembers = Over(upper.AdditionalMembers, lower.AdditionalMembers) };

    private static IReadOnlyDictionary<string, JsonElement>? Over(IReadOnlyDictionary<string, JsonElement>? upper, IReadOnlyDictionary<string, JsonElement>? lower) =>
        upper is null || lower is null
            ? upper ?? lower
            : upper.Concat(lower.Where(member => !upper.ContainsKey(member.Key))).ToDictionary(StringComparer.Ordinal);
}
