using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Reads guidelines: names of categories, or objects as on the wire.</summary>
internal static class GuidelineMapper
{
    private const string Policy = "policy";
    private const string Decline = "decline";

    /// <summary>Reads the guidelines; null when there are none.</summary>
    /// <exception cref="ArgumentException">An entry is neither a name nor an object with a category.</exception>
    public static IReadOnlyList<Guideline>? ToGuidelines(LenientReader from)
    {
        var given = from.Any(GrokKeys.Request.Guidelines);
        return given switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() > 0 ? [.. list.EnumerateArray().Select(json => ToGuideline(from, json))] : null,
            { } one => [ToGuideline(from, one)],
        };
    }

    private static Guideline ToGuideline(LenientReader from, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(json.GetString()))
        {
            return new() { Type = Policy, Category = json.GetString(), Behavior = Decline };
        }

        var members = json.ValueKind == JsonValueKind.Object ? LenientReader.FromJson(json, GrokKeys.Request.Guidelines) : null;
        return members?.Text("category") is not { } category
            ? throw from.Unread(GrokKeys.Request.Guidelines, "contains an entry that is neither the name of a category nor an object with a category")
            : new()
            {
                Type = members.Text("type") ?? Policy,
                Category = category,
                Behavior = members.Text("behavior") ?? Decline,
                AdditionalMembers = members.Keys.Where(static k => k is not ("type" or "category" or "behavior")).ToDictionary(static k => k, k => (JsonElement)members.Raw(k)!) is { Count: > 0 } others ? others : null,
            };
    }
}
