using System.Text.Json;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Finds the variant of an input item. An optional member may be absent; it may be null only where the schema says so.</summary>
internal static class ItemShape
{
    private static readonly Func<JsonElement, bool> Text = static value => value.ValueKind == JsonValueKind.String;
    private static readonly Func<JsonElement, bool> List = static value => value.ValueKind == JsonValueKind.Array;
    private static readonly Func<JsonElement, bool> TextOrNull = static value => value.ValueKind is JsonValueKind.String or JsonValueKind.Null;
    private static readonly Func<JsonElement, bool> ObjectOrNull = static value => value.ValueKind is JsonValueKind.Object or JsonValueKind.Null;
    private static readonly Func<JsonElement, bool> Texts = static value => List(value) && value.EnumerateArray().All(Text);
    private static readonly Func<JsonElement, bool> TextOrParts = static value => Text(value) || (List(value) && value.EnumerateArray().All(IsPart));
    private static readonly Func<JsonElement, bool> OutputParts = static value => List(value) && value.EnumerateArray().All(static part => Has(part, "text", Text) || Has(part, "refusal", Text));
    private static readonly Func<JsonElement, bool> OpenReasoning = static value => List(value) && value.EnumerateArray().All(static part => IsPart(part) && Has(part, "text", Text));
    private static readonly Func<JsonElement, bool> IntegerOrNull = static value => value.ValueKind == JsonValueKind.Null || IsInteger(value);
    private static readonly Func<JsonElement, bool> Sources = static value => List(value) && value.EnumerateArray().All(static source => IsPart(source) && MayHave(source, "url", Text));
    private static readonly Func<JsonElement, bool> Hits = static value => List(value) && value.EnumerateArray().All(IsHit);
    private static readonly Func<JsonElement, bool> CodeOutputs = static value => List(value) && value.EnumerateArray().All(IsCodeOutput);
    private static readonly Func<JsonElement, bool> Outcomes = static value => List(value) && value.EnumerateArray().All(IsShellOutput);

    private static readonly (ItemVariant Variant, Shape Shape)[] Order =
    [
        (ItemVariant.Message, new Shape([("role", Text), ("content", TextOrParts)], [("type", TextOrNull), ("name", TextOrNull)])),
        (ItemVariant.OutputMessage, new Shape([("type", Text), ("role", Text), ("content", OutputParts)], [("id", Text), ("status", Text)])),
        (ItemVariant.FunctionCall, new Shape([("type", Text), ("call_id", Text), ("name", Text), ("arguments", Text)], [("id", Text), ("status", Text)])),
        (ItemVariant.Reasoning, new Shape(
            [("type", Text), ("summary", List)], [("id", Text), ("status", Text), ("content", OpenReasoning), ("encrypted_content", TextOrNull)])),
        (ItemVariant.WebSearchCall, new Shape([("type", Text), ("action", IsWebAction)], [("id", Text), ("status", Text)])),
        (ItemVariant.FileSearchCall, new Shape([("type", Text), ("queries", Texts), ("results", Hits)], [("id", Text), ("status", Text)])),
        (ItemVariant.CodeInterpreterCall, new Shape([("type", Text), ("outputs", CodeOutputs)], [("id", Text), ("code", Text), ("status", Text)])),
        (ItemVariant.McpCall, new Shape(
            [("type", Text), ("name", Text), ("server_label", Text), ("arguments", Text), ("output", Text)], [("id", Text), ("error", Text), ("status", Text)])),
        (ItemVariant.CustomToolCall, new Shape([("type", Text), ("id", Text), ("call_id", Text), ("name", Text)], [("input", Text), ("status", Text)])),
        (ItemVariant.ShellCall, new Shape(
            [("type", Text), ("call_id", Text), ("action", IsShellAction)], [("id", Text), ("status", Text), ("environment", ObjectOrNull)])),
        (ItemVariant.ImageGenerationCall, new Shape(
            [("type", Tag("image_generation_call"))], [("id", Text), ("status", Text), ("prompt", TextOrNull), ("result", TextOrNull)])),
        (ItemVariant.ToolSearchCall, new Shape(
            [("type", Tag("tool_search_call")), ("id", Text)], [("call_id", TextOrNull), ("execution", Text), ("status", Text)])),
        (ItemVariant.ToolSearchOutput, new Shape(
            [("type", Tag("tool_search_output")), ("id", Text)], [("tools", List), ("call_id", TextOrNull), ("execution", Text), ("status", Text)])),
        (ItemVariant.FunctionCallOutput, new Shape([("type", Text), ("call_id", Text), ("output", TextOrParts)], [])),
        (ItemVariant.ShellCallOutput, new Shape([("type", Text), ("call_id", Text), ("output", Outcomes)], [("max_output_length", IntegerOrNull)])),
        (ItemVariant.Compaction, new Shape([("type", Text), ("encrypted_content", Text)], [("id", TextOrNull)])),
    ];

    /// <summary>Returns the first variant that the item matches; null when it matches none.</summary>
    public static ItemVariant? Match(JsonElement item)
    {
        foreach (var (variant, shape) in Order)
        {
            if (shape.Fits(item))
            {
                return variant;
            }
        }

        return null;
    }

    private static Func<JsonElement, bool> Tag(string tag) => value => Text(value) && value.GetString() == tag;

    private static bool Has(JsonElement obj, string name, Func<JsonElement, bool> kind) =>
        obj.ValueKind == JsonValueKind.Object && obj.TryGetProperty(name, out var value) && kind(value);

    private static bool MayHave(JsonElement obj, string name, Func<JsonElement, bool> kind) => !obj.TryGetProperty(name, out var value) || kind(value);

    private static bool IsInteger(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _);

    private static bool IsPart(JsonElement part) => Has(part, "type", Text);

    private static bool IsHit(JsonElement hit) =>
        Has(hit, "file_id", Text) && Has(hit, "filename", Text) && Has(hit, "text", Text) && MayHave(hit, "score", static score => score.ValueKind == JsonValueKind.Number);

    private static bool IsCodeOutput(JsonElement output) =>
        (Has(output, "type", Tag("logs")) && Has(output, "logs", Text)) || (Has(output, "type", Tag("image")) && Has(output, "url", Text));

    private static bool IsShellAction(JsonElement action) => Has(action, "commands", Texts)
        && MayHave(action, "type", TextOrNull) && MayHave(action, "timeout_ms", IntegerOrNull) && MayHave(action, "max_output_length", IntegerOrNull);

    private static bool IsShellOutput(JsonElement output) => Has(output, "outcome", IsOutcome) && MayHave(output, "stdout", Text) && MayHave(output, "stderr", Text);

    private static bool IsOutcome(JsonElement outcome) => Has(outcome, "type", Tag("timeout")) || (Has(outcome, "type", Tag("exit")) && Has(outcome, "exit_code", IsInteger));

    private static bool IsWebAction(JsonElement action) => action.ValueKind == JsonValueKind.Object && action.TryGetProperty("type", out var type) && Text(type) && type.GetString() switch
    {
        "search" => Has(action, "query", Text) && MayHave(action, "sources", Sources),
        "open_page" => Has(action, "url", Text),
        "find_in_page" => Has(action, "url", Text) && Has(action, "pattern", Text),
        _ => false,
    };

    private sealed record Shape((string Name, Func<JsonElement, bool> Kind)[] Required, (string Name, Func<JsonElement, bool> Kind)[] Optional)
    {
        public bool Fits(JsonElement item) =>
            Required.All(member => Has(item, member.Name, member.Kind))
            && Optional.All(member => MayHave(item, member.Name, member.Kind));
    }
}
