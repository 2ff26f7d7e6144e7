using System.Text.Json;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Reads members of a JSON object by type. Errors have the texts of the service's own parser. A null member counts as absent.</summary>
internal static class Members
{
    public static JsonElement? Member(this JsonElement obj, string name) =>
        obj.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement obj, string name) => obj.Member(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Mismatch(name, value, "a string");

    public static string RequiredText(this JsonElement obj, string name) => obj.Text(name) ?? throw Missing(name);

    public static bool? Flag(this JsonElement obj, string name) => obj.Member(name) is not { } value
        ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Mismatch(name, value, "a boolean");

    public static double? Number(this JsonElement obj, string name) => obj.Member(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Mismatch(name, value, "f32");

    public static long? Integer(this JsonElement obj, string name) => obj.Member(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Mismatch(name, value, "i32");

    public static JsonElement? Object(this JsonElement obj, string name) => obj.Member(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object ? value : throw Mismatch(name, value, "a map");

    public static IReadOnlyList<JsonElement> Array(this JsonElement obj, string name) => obj.Member(name) is not { } value
        ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Mismatch(name, value, "a sequence");

    public static TypeMismatchException Missing(string name) => new($"missing field `{name}`");

    public static TypeMismatchException UnknownVariant(string path, string value, params IEnumerable<string> known) =>
        new($"{path}: unknown variant `{value}`, expected one of {string.Join(", ", known.Select(name => $"`{name}`"))}");

    public static TypeMismatchException Mismatch(string path, JsonElement value, string expected) => new(
        $"{path}: invalid type: {Describe(value)}, expected {expected}");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"string {value.GetRawText()}",
        JsonValueKind.Number when value.TryGetInt64(out var number) => $"integer `{number}`",
        JsonValueKind.Number => $"floating point `{value.GetRawText()}`",
        JsonValueKind.True => "boolean `true`",
        JsonValueKind.False => "boolean `false`",
        JsonValueKind.Array => "sequence",
        JsonValueKind.Object => "map",
        _ => "null",
    };
}
