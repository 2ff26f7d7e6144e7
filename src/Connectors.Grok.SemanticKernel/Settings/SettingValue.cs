using System.Collections;
using System.Globalization;
using System.Text.Json;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Converts the values of settings: plain values from code, <see cref="JsonElement"/> values from JSON, and text from YAML.</summary>
internal static class SettingValue
{
    public static string? Text(string name, object? value) => Scalar(value) switch
    {
        null => null,
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw Invalid(name, "text"),
    };

    public static bool? Flag(string name, object? value) => Scalar(value) switch
    {
        null => null,
        bool flag => flag,
        string text when bool.TryParse(text, out var flag) => flag,
        _ => throw Invalid(name, "true or false"),
    };

    public static double? Number(string name, object? value) => Text(name, value) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : throw Invalid(name, "a number");

    public static long? WholeNumber(string name, object? value) => Text(name, value) is not { } text ? null
        : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.Truncate(number) == number
            && number >= long.MinValue && number <= long.MaxValue ? (long)number
        : throw Invalid(name, "a whole number");

    public static int? Int(string name, object? value) => WholeNumber(name, value) switch
    {
        null => null,
        { } number and >= int.MinValue and <= int.MaxValue => (int)number,
        _ => throw Invalid(name, "a whole number"),
    };

    public static IReadOnlyList<string>? Texts(string name, object? value) => value switch
    {
        null or JsonElement { ValueKind: JsonValueKind.Null } => null,
        IReadOnlyList<string> texts => texts,
        _ => [.. (List(value) ?? [value]).Select(item => Text(name, item) ?? throw Invalid(name, "a list of strings"))],
    };

    /// <summary>The items of a list; null when the value is not a list.</summary>
    public static IEnumerable<object?>? List(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } json => json.EnumerateArray().Select(static e => (object?)e),
        string or JsonElement or IDictionary => null,
        IEnumerable<KeyValuePair<string, object?>> => null,
        IEnumerable list => list.Cast<object?>(),
        _ => null,
    };

    /// <summary>The members of an object; null when the value is not an object.</summary>
    public static IEnumerable<KeyValuePair<string, object?>>? Members(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Object } json => json.EnumerateObject().Select(static p => KeyValuePair.Create(p.Name, (object?)p.Value)),
        IEnumerable<KeyValuePair<string, object?>> members => members,
        IDictionary members => members.Keys.Cast<object>().Select(k => KeyValuePair.Create(k.ToString()!, members[k])),
        _ => null,
    };

    /// <summary>Creates the exception for a value of the wrong type.</summary>
    public static KernelException Invalid(string name, string what) => new($"The setting '{name}' is not {what}.");

    private static object? Scalar(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        JsonElement { ValueKind: JsonValueKind.Number } json => json.GetRawText(),
        _ => value,
    };
}
