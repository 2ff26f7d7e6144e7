using System.Text.Json;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>Reads the condition of a rule in a script file. A request matches when it meets every member of the condition.</summary>
internal static class ScriptCondition
{
    private static readonly TimeSpan MaxMatchTime = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, Func<ScriptNode, Func<RecordedRequest, bool>>> Known = new()
    {
        ["text"] = static node => TextCondition(node.String()),
        ["matches"] = MatchesCondition,
        ["headers"] = HeadersCondition,
        ["model"] = static node => Condition(node.String(), static (request, model) => request.Model == model),
        ["continues"] = ContinuesCondition,
        ["stream"] = static node => Condition(node.Boolean(), static (request, isStreamed) => request.IsStreamed == isStreamed),
        ["has"] = HasCondition,
        ["lacks"] = static node => Condition(node.Strings(), static (request, names) => names.All(name => request.Member(name) is null)),
        ["offersTool"] = static node => Condition(node.String(), static (request, name) => OffersTool(request, name)),
        ["toolResult"] = static node => Condition(node.String(), static (request, words) => LastToolResult(request)?.Contains(words, StringComparison.OrdinalIgnoreCase) == true),
        ["fileText"] = static node => Condition(node.String(), static (request, words) => request.FileTexts.Any(text => text.Contains(words, StringComparison.OrdinalIgnoreCase))),
        ["not"] = static node => Condition(Read(node), static (request, condition) => !condition(request)),
        ["any"] = static node => Condition(node.Array().Select(Read).ToList(), static (request, conditions) => conditions.Any(condition => condition(request))),
    };

    /// <summary>The members of a condition.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    public static Func<RecordedRequest, bool> Read(ScriptNode node)
    {
        var conditions = node.ObjectOf([.. Names]).Members.Select(static member => Known[member.Name](member.Value)).ToList();
        return conditions.Count > 0 ? request => conditions.TrueForAll(condition => condition(request)) : throw node.Error($"The condition is empty. Use one of: {string.Join(", ", Names)}.");
    }

    private static Func<RecordedRequest, bool> Condition<T>(T value, Func<RecordedRequest, T, bool> matches) => request => matches(request, value);

    private static Func<RecordedRequest, bool> TextCondition(string words) => request => request.LastUserText?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    private static Func<RecordedRequest, bool> MatchesCondition(ScriptNode node)
    {
        try
        {
            var pattern = new Regex(node.String(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MaxMatchTime);
            return request => request.LastUserText is { } text && pattern.IsMatch(text);
        }
        catch (ArgumentException invalid)
        {
            throw node.Error($"The regular expression is not valid: {invalid.Message}");
        }
    }

    private static Func<RecordedRequest, bool> HeadersCondition(ScriptNode node)
    {
        if (node.Kind != JsonValueKind.Object)
        {
            throw node.Wrong("an object of names and values");
        }

        var headers = node.Members.Select(static member => (member.Name, Value: member.Value.String())).ToList();
        return request => headers.TrueForAll(header => request.Headers.GetValueOrDefault(header.Name) == header.Value);
    }

    private static Func<RecordedRequest, bool> ContinuesCondition(ScriptNode node)
    {
        if (node.Kind == JsonValueKind.String)
        {
            return request => request.PreviousResponseId == node.Text;
        }

        var continues = node.Boolean();
        return request => request.PreviousResponseId is not null == continues;
    }

    private static Func<RecordedRequest, bool> HasCondition(ScriptNode node)
    {
        if (node.Kind != JsonValueKind.Object)
        {
            throw node.Wrong("an object of members and values");
        }

        var members = node.Members.Select(static member => (member.Name, Value: Parse(member.Value.Raw))).ToList();
        return request => members.TrueForAll(member => request.Member(member.Name) is { } sent && JsonElement.DeepEquals(sent, member.Value));
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return document.RootElement.Clone();
    }

    private static bool OffersTool(RecordedRequest request, string name) => request.Member("tools") is { ValueKind: JsonValueKind.Array } tools
        && tools.EnumerateArray().Any(tool => RecordedRequest.TextOf(tool, "name") == name || RecordedRequest.TextOf(tool, "type") == name);

    private static string? LastToolResult(RecordedRequest request) => request.Items is [.., var last] && RecordedRequest.TextOf(last, "type") == "function_call_output" && last.TryGetProperty("output", out var output)
        ? output.ValueKind == JsonValueKind.String ? output.GetString() : output.GetRawText()
        : null;
}
