using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>
/// Maps <see cref="ChatOptions.AdditionalProperties"/>, in which hosts pass settings that
/// <see cref="ChatOptions"/> has no member for, to two layers of a request. Unknown keys are dropped and logged.
/// </summary>
internal sealed class LenientOptions
{
    private static readonly HashSet<string> Governed = new(["input", "stream"], StringComparer.OrdinalIgnoreCase);

    // Members of a body that outside of a body are members of ChatOptions.
    private static readonly HashSet<string> OfOptions = new(["model", "temperature", "top_p", "tool_choice"], StringComparer.OrdinalIgnoreCase);

    // Members of a body with a property or rule in this library.
    private static readonly HashSet<string> Known = new(
        [
            .. OfOptions, GrokKeys.Request.PreviousResponseId, GrokKeys.Request.ConversationId, GrokKeys.Request.Store, GrokKeys.Request.Include,
            GrokKeys.Request.User, GrokKeys.Request.PromptCacheKey, GrokKeys.Request.ParallelToolCalls, GrokKeys.Request.MaxOutputTokens, GrokKeys.Request.MaxToolCalls, GrokKeys.Request.MaxTurns,
            GrokKeys.Request.ReasoningEffort, GrokKeys.Request.Reasoning, GrokKeys.Request.Instructions, GrokKeys.Request.ServiceTier, GrokKeys.Request.StreamToolCalls, GrokKeys.Request.TopK, GrokKeys.Request.Seed,
            GrokKeys.Request.LogProbs, GrokKeys.Request.TopLogProbs, GrokKeys.Request.SafetyIdentifier, GrokKeys.Request.MinP, GrokKeys.Request.Guidelines, GrokKeys.Request.ResponseFormat, GrokKeys.Request.Text, GrokKeys.Request.Tools, GrokKeys.Request.Strict,
            GrokKeys.Request.Metadata, GrokKeys.Request.SearchParameters,
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly LenientReader _keys;
    private readonly ChatOptions? _options;

    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">A Boolean cannot be read.</exception>
    public LenientOptions(ChatOptions? options)
    {
        _options = options;
        _keys = new LenientReader(options?.AdditionalProperties ?? []);
        IsStrict = _keys.Bool(GrokKeys.Request.StrictOptions) == true;
        HasStrictSchema = _keys.Bool(GrokKeys.Request.Strict);
    }

    /// <summary>Whether unsupported options throw.</summary>
    public bool IsStrict { get; }

    /// <summary>Whether the schema of the response format is made strict; null when unset.</summary>
    public bool? HasStrictSchema { get; }

    /// <summary>Maps the keys, which apply below the members of <see cref="ChatOptions"/>.</summary>
    /// <exception cref="ArgumentException">A value cannot be read; the message names its key.</exception>
    public CreateResponseRequest ToRequest(MappingDiagnostics notes)
    {
        if (!_keys.HasValues)
        {
            return RequestLayers.Empty;
        }

        foreach (var key in _keys.Keys)
        {
            // Keys of this library are for other layers.
            var isKnown = (Known.Contains(key) && !OfOptions.Contains(key)) || key.StartsWith("grok.", StringComparison.OrdinalIgnoreCase)
                || key.Equals(GrokKeys.Request.ExtraBody, StringComparison.OrdinalIgnoreCase) || key.Equals(GrokKeys.Request.StrictOptions, StringComparison.OrdinalIgnoreCase);
            if (!isKnown && _keys.IsSet(key))
            {
                notes.Option($"{nameof(ChatOptions.AdditionalProperties)}[\"{key}\"]");
            }
        }

        return ToRequest(_keys, [], notes, isBody: false);
    }

    /// <summary>Maps the members of <c>extra_body</c>, which win over everything else. Members without a property are sent unchanged.</summary>
    /// <exception cref="ArgumentException">A value cannot be read, or is a member that the client sets itself.</exception>
    public CreateResponseRequest ToBody(MappingDiagnostics notes)
    {
        if (!_keys.HasValues || _keys.Object(GrokKeys.Request.ExtraBody) is not { } body)
        {
            return RequestLayers.Empty;
        }

        var from = LenientReader.FromJson(body, GrokKeys.Request.ExtraBody);
        if (from.Keys.FirstOrDefault(Governed.Contains) is { } governed)
        {
            throw LenientReader.Wrong(GrokKeys.Request.ExtraBody, $"cannot hold '{governed}': the messages and the method called decide it");
        }

        var more = from.Keys.Where(static k => !Known.Contains(k)).ToDictionary(static k => k, k => (JsonElement)from.Raw(k)!, StringComparer.Ordinal);
        var choice = from.Any("tool_choice");
        return ToRequest(from, more, notes, isBody: true) with
        {
            Model = from.Text("model"),
            Temperature = from.Number("temperature", 0, 2),
            TopP = from.Number("top_p", double.Epsilon, 1),
            ToolChoice = choice is null ? null
                : choice.Value.ValueKind == JsonValueKind.Object ? new ToolChoice { Json = choice }
                : new ToolChoice { Mode = from.Text("tool_choice") },
        };
    }

    private CreateResponseRequest ToRequest(LenientReader from, Dictionary<string, JsonElement> more, MappingDiagnostics notes, bool isBody)
    {
        NoteRefused(from, notes);
        var otherText = Others(from, GrokKeys.Request.Text, ["format"], notes, isBody);
        var text = FormatMapper.ToText(from);
        AddMember(more, GrokKeys.Request.LogProbs, from.Bool(GrokKeys.Request.LogProbs));
        AddMember(more, GrokKeys.Request.TopLogProbs, from.Int(GrokKeys.Request.TopLogProbs, 0));
        return new CreateResponseRequest
        {
            PreviousResponseId = from.Text(GrokKeys.Request.PreviousResponseId) ?? from.Text(GrokKeys.Request.ConversationId),
            Instructions = from.Text(GrokKeys.Request.Instructions),
            Store = from.Bool(GrokKeys.Request.Store),
            StreamToolCalls = from.Bool(GrokKeys.Request.StreamToolCalls),
            Include = from.Texts(GrokKeys.Request.Include),
            MaxOutputTokens = from.Int(GrokKeys.Request.MaxOutputTokens, 1),
            MaxTurns = from.Int(GrokKeys.Request.MaxTurns, 1),
            Tools = Tools(from, notes),
            ParallelToolCalls = from.Bool(GrokKeys.Request.ParallelToolCalls),
            Text = otherText is null ? text : (text ?? new()) with { AdditionalMembers = otherText },
            Reasoning = Reasoning(from, Others(from, GrokKeys.Request.Reasoning, ["effort", "summary"], notes, isBody)),
            TopK = from.Int(GrokKeys.Request.TopK, 1),
            MinP = from.Number(GrokKeys.Request.MinP, 0, 1),
            Seed = from.Long(GrokKeys.Request.Seed, long.MinValue),
            User = from.Text(GrokKeys.Request.User),
            PromptCacheKey = from.Text(GrokKeys.Request.PromptCacheKey),
            ServiceTier = from.Text(GrokKeys.Request.ServiceTier),
            SafetyIdentifier = from.Text(GrokKeys.Request.SafetyIdentifier),
            Guidelines = GuidelineMapper.ToGuidelines(from),
            AdditionalMembers = more.Count > 0 ? more : null,
        };
    }

    /// <summary>The service rejects the first with 400 and the second with 410, and ignores the third.</summary>
    private static void NoteRefused(LenientReader from, MappingDiagnostics notes)
    {
        foreach (var key in (ReadOnlySpan<string>)[GrokKeys.Request.Metadata, GrokKeys.Request.SearchParameters, GrokKeys.Request.MaxToolCalls])
        {
            if (from.Has(key))
            {
                notes.Option(key == GrokKeys.Request.SearchParameters ? $"{key} (Live Search is retired: offer the web search tool)" : key);
            }
        }
    }

    private static void AddMember(Dictionary<string, JsonElement> members, string name, object? value)
    {
        if (value is not null)
        {
            members[name] = PlainJson.ToElement(value);
        }
    }

    /// <summary>Gets the members of an object that this library does not know: those of a body are sent unchanged, others are dropped and logged.</summary>
    private static Dictionary<string, JsonElement>? Others(LenientReader from, string key, string[] known, MappingDiagnostics notes, bool isBody)
    {
        if (from.Any(key) is not { ValueKind: JsonValueKind.Object } json)
        {
            return null;
        }

        var others = json.EnumerateObject().Where(m => !known.Contains(m.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        foreach (var other in isBody ? [] : others.Where(static o => o.Value.ValueKind != JsonValueKind.Null))
        {
            notes.Option($"{nameof(ChatOptions.AdditionalProperties)}[\"{key}.{other.Name}\"]");
        }

        return isBody && others.Count > 0 ? others.DistinctBy(static o => o.Name).ToDictionary(static o => o.Name, static o => o.Value) : null;
    }

    private static ReasoningConfig? Reasoning(LenientReader from, Dictionary<string, JsonElement>? others)
    {
        var members = from.Object(GrokKeys.Request.Reasoning) is { } json ? LenientReader.FromJson(json, GrokKeys.Request.Reasoning) : null;
        var effort = Effort(members, "effort") ?? Effort(from, GrokKeys.Request.ReasoningEffort);
        var summary = members?.Text("summary");
        return effort is null && summary is null && others is null ? null : new ReasoningConfig { Effort = effort, Summary = summary, AdditionalMembers = others };
    }

    private static string? Effort(LenientReader? from, string key) => from?.Text(key) is not { } word ? null
        : ModelProfile.ToEffort(word) ?? throw from.Unread(key, $"is '{word}', which is none of {ModelProfile.EffortWords}");

    private List<ResponseTool>? Tools(LenientReader from, MappingDiagnostics notes)
    {
        if (from.Items(GrokKeys.Request.Tools)?.ToList() is not { } items)
        {
            return null;
        }

        var deferred = DeferredTools.From([.. items.OfType<AITool>(), .. _options?.Tools ?? []], notes);
        return [.. items.Select(item => item switch
        {
            AITool tool => ToolMapper.ToTool(tool, _options!, deferred, notes),
            not null when LenientReader.ToJson(GrokKeys.Request.Tools, item) is { ValueKind: JsonValueKind.Object } json => new UnknownTool(
                json.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "", json),
            _ => throw LenientReader.Wrong(GrokKeys.Request.Tools, "holds something that is neither an AITool nor a JSON object"),
        })];
    }
}
