using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>
/// What hosts hand over in <see cref="ChatOptions.AdditionalProperties"/>, because their settings have a word for it and
/// <see cref="ChatOptions"/> has none → two layers of a request. Keys that are not ours are nobody's business and ignored.
/// </summary>
internal sealed class LenientOptions
{
    private static readonly HashSet<string> Governed = new(["input", "stream"], StringComparer.OrdinalIgnoreCase);

    // What a body may hold that this library has a property or a rule for; the first four are members of ChatOptions outside a body.
    private static readonly HashSet<string> Known = new(
        [
            "model", "temperature", "top_p", "tool_choice", GrokKeys.PreviousResponseId, GrokKeys.ConversationId, GrokKeys.Store, GrokKeys.Include,
            GrokKeys.User, GrokKeys.PromptCacheKey, GrokKeys.ParallelToolCalls, GrokKeys.MaxOutputTokens, GrokKeys.MaxToolCalls, GrokKeys.MaxTurns,
            GrokKeys.ReasoningEffort, GrokKeys.Reasoning, GrokKeys.Instructions, GrokKeys.ServiceTier, GrokKeys.StreamToolCalls, GrokKeys.TopK, GrokKeys.Seed,
            GrokKeys.LogProbs, GrokKeys.TopLogProbs, GrokKeys.SafetyIdentifier, GrokKeys.ResponseFormat, GrokKeys.Text, GrokKeys.Tools, GrokKeys.Strict,
            GrokKeys.Metadata, GrokKeys.SearchParameters,
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly LenientReader _keys;
    private readonly ChatOptions? _options;

    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">A switch cannot be read.</exception>
    public LenientOptions(ChatOptions? options)
    {
        _options = options;
        _keys = new LenientReader(options?.AdditionalProperties ?? []);
        IsStrict = _keys.Bool(GrokKeys.StrictOptions) == true;
        HasStrictSchema = _keys.Bool(GrokKeys.Strict);
    }

    /// <summary>Whether what cannot be sent is an error.</summary>
    public bool IsStrict { get; }

    /// <summary>Whether the schema of the response format is made strict; null when nobody said.</summary>
    public bool? HasStrictSchema { get; }

    /// <summary>The keys: below the members of <see cref="ChatOptions"/>.</summary>
    /// <exception cref="ArgumentException">A value cannot be read; the message names its key.</exception>
    public ResponseRequest ToRequest(MappingNotes notes) => ToRequest(_keys, [], notes);

    /// <summary>The members of <c>extra_body</c>: above everything else. What has no property in the request travels as it is.</summary>
    /// <exception cref="ArgumentException">A value cannot be read, or is the connector's own to set.</exception>
    public ResponseRequest ToBody(MappingNotes notes)
    {
        if (_keys.Object(GrokKeys.ExtraBody) is not { } body)
        {
            return new ResponseRequest();
        }

        var from = LenientReader.Of(body, GrokKeys.ExtraBody);
        if (from.Keys.FirstOrDefault(Governed.Contains) is { } governed)
        {
            throw LenientReader.Wrong(GrokKeys.ExtraBody, $"cannot hold '{governed}': the messages and the method called decide it");
        }

        var more = from.Keys.Where(static k => !Known.Contains(k)).ToDictionary(static k => k, k => (JsonElement)from.Raw(k)!, StringComparer.Ordinal);
        var choice = from.Any("tool_choice");
        return ToRequest(from, more, notes) with
        {
            Model = from.Text("model"),
            Temperature = from.Number("temperature", 0, 2),
            TopP = from.Number("top_p", double.Epsilon, 1),
            ToolChoice = choice is null ? null
                : choice.Value.ValueKind == JsonValueKind.Object ? new ToolChoice { Json = choice }
                : new ToolChoice { Mode = from.Text("tool_choice") },
        };
    }

    private ResponseRequest ToRequest(LenientReader from, Dictionary<string, JsonElement> more, MappingNotes notes)
    {
        NoteRefused(from, notes);
        AddMember(more, GrokKeys.SafetyIdentifier, from.Text(GrokKeys.SafetyIdentifier));
        AddMember(more, GrokKeys.LogProbs, from.Bool(GrokKeys.LogProbs));
        AddMember(more, GrokKeys.TopLogProbs, from.Int(GrokKeys.TopLogProbs, 0));
        return new ResponseRequest
        {
            PreviousResponseId = from.Text(GrokKeys.PreviousResponseId) ?? from.Text(GrokKeys.ConversationId),
            Instructions = from.Text(GrokKeys.Instructions),
            Store = from.Bool(GrokKeys.Store),
            StreamToolCalls = from.Bool(GrokKeys.StreamToolCalls),
            Include = from.Texts(GrokKeys.Include),
            MaxOutputTokens = from.Int(GrokKeys.MaxOutputTokens, 1),
            MaxTurns = from.Int(GrokKeys.MaxTurns, 1),
            Tools = Tools(from),
            ParallelToolCalls = from.Bool(GrokKeys.ParallelToolCalls),
            Text = FormatMapper.ToText(from),
            Reasoning = Reasoning(from),
            TopK = from.Int(GrokKeys.TopK, 0),
            Seed = from.Long(GrokKeys.Seed, long.MinValue),
            User = from.Text(GrokKeys.User),
            PromptCacheKey = from.Text(GrokKeys.PromptCacheKey),
            ServiceTier = from.Text(GrokKeys.ServiceTier),
            AdditionalMembers = more.Count > 0 ? more : null,
        };
    }

    /// <summary>The service answers 400 to the first, 410 to the second, and the third binds nothing.</summary>
    private static void NoteRefused(LenientReader from, MappingNotes notes)
    {
        foreach (var key in (ReadOnlySpan<string>)[GrokKeys.Metadata, GrokKeys.SearchParameters, GrokKeys.MaxToolCalls])
        {
            if (from.Has(key))
            {
                notes.Option(key == GrokKeys.SearchParameters ? $"{key} (Live Search is retired: offer the web search tool)" : key);
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

    private static ReasoningConfig? Reasoning(LenientReader from)
    {
        var members = from.Object(GrokKeys.Reasoning) is { } json ? LenientReader.Of(json, GrokKeys.Reasoning) : null;
        var effort = Effort(members, "effort") ?? Effort(from, GrokKeys.ReasoningEffort);
        var summary = members?.Text("summary");
        return effort is null && summary is null ? null : new ReasoningConfig { Effort = effort, Summary = summary };
    }

    private static string? Effort(LenientReader? from, string key) => from?.Text(key) is not { } word ? null
        : ModelProfile.ToEffort(word) ?? throw from.Unread(key, $"is '{word}', which is none of {ModelProfile.EffortWords}");

    private List<ResponseTool>? Tools(LenientReader from) => from.Items(GrokKeys.Tools)?.Select(item => item switch
    {
        AITool tool => ToolMapper.ToTool(tool, _options!),
        not null when LenientReader.ToJson(GrokKeys.Tools, item) is { ValueKind: JsonValueKind.Object } json => new UnknownTool(
            json.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "", json),
        _ => throw LenientReader.Wrong(GrokKeys.Tools, "holds something that is neither an AITool nor a JSON object"),
    }).ToList();
}
