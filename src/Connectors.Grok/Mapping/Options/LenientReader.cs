using System.Collections;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>
/// Reads values as hosts pass them: scalars of YAML are text, numbers of JSON may be doubles, a list may be lazy, and
/// any value may be a <see cref="JsonElement"/>. Null and blank text count as absent.
/// </summary>
/// <param name="values">The values by key.</param>
/// <param name="owner">The key of the object that holds the values; null for the top level.</param>
internal sealed class LenientReader(AdditionalPropertiesDictionary values, string? owner = null)
{
    /// <summary>Creates a reader of the members of an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="owner">The key of the object.</param>
    public static LenientReader FromJson(JsonElement json, string owner)
    {
        var members = new AdditionalPropertiesDictionary();
        foreach (var member in json.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return new LenientReader(members, owner);
    }

    /// <summary>Whether there is any key.</summary>
    public bool HasValues => values.Count > 0;

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => values.Keys;

    /// <summary>Whether there is a value.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether there is a value, which need not be readable.</summary>
    public bool IsSet(string key) => Raw(key) is not (null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined }) && Raw(key) is not string { Length: 0 };

    /// <summary>Reads a Boolean.</summary>
    public bool? Bool(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } json when bool.TryParse(json.GetString(), out var flag) => flag,
        _ => throw Wrong(Name(key), "is neither true nor false"),
    };

    /// <summary>Reads an int.</summary>
    public int? Int(string key, int least) => Long(key, least, int.MaxValue) is { } number ? (int)number : null;

    /// <summary>Reads a long.</summary>
    public long? Long(string key, long least, long most = long.MaxValue)
    {
        // A decimal represents every long exactly; a double would round the largest.
        return Number(key) switch
        {
            null => null,
            { } number when decimal.Truncate(number) == number && number >= least && number <= most => (long)number,
            _ => throw Wrong(Name(key), $"is not a whole number from {least} to {most}"),
        };
    }

    /// <summary>Reads a number.</summary>
    public double? Number(string key, double least, double most) => Number(key) switch
    {
        null => null,
        { } number when (double)number >= least && (double)number <= most => (double)number,
        _ => throw Wrong(Name(key), "is out of its range"),
    };

    /// <summary>Reads a text.</summary>
    public string? Text(string key) => Raw(key) switch
    {
        null => null,
        string text => NotBlank(text),
        var value => Json(key, value) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } json => json.GetString(),
            { ValueKind: JsonValueKind.Number } json => json.GetRawText(),
            _ => throw Wrong(Name(key), "is not text"),
        },
    };

    /// <summary>Reads a list of texts. A single text is a list of one; an empty list is null.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        var texts = Find(key) switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } json => [json],
            { ValueKind: JsonValueKind.Array } json => json.EnumerateArray().ToArray(),
            _ => throw Wrong(Name(key), "is not a list of texts"),
        };
        if (!texts.All(static t => t.ValueKind == JsonValueKind.String))
        {
            throw Wrong(Name(key), "contains an entry that is not text");
        }

        return texts.Length > 0 ? [.. texts.Select(static t => t.GetString()!)] : null;
    }

    /// <summary>Reads an object.</summary>
    public JsonElement? Object(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } json => json,
        _ => throw Wrong(Name(key), "is not an object"),
    };

    /// <summary>Reads any value as JSON.</summary>
    public JsonElement? Any(string key) => Find(key);

    /// <summary>Gets the value without conversion; null if there is none.</summary>
    public object? Raw(string key) => values.TryGetValue(key, out var value) ? value : null;

    /// <summary>Reads the members of a list, which need not be JSON.</summary>
    public IEnumerable<object?>? Items(string key) => Raw(key) switch
    {
        null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        JsonElement { ValueKind: JsonValueKind.Array } json => json.EnumerateArray().Select(static e => (object?)e),
        IEnumerable list and not string => list.Cast<object?>(),
        _ => throw Wrong(Name(key), "is not a list"),
    };

    /// <summary>Converts a value to JSON.</summary>
    /// <exception cref="ArgumentException">The value cannot be written as JSON.</exception>
    public static JsonElement ToJson(string key, object value)
    {
        try
        {
            return PlainJson.ToElement(value);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException or JsonException)
        {
            throw Wrong(key, "cannot be written as JSON", e);
        }
    }

    /// <summary>Creates the exception for a value of this reader that a caller cannot convert.</summary>
    public ArgumentException Unread(string key, string why) => Wrong(Name(key), why);

    /// <summary>Creates the exception for a value that cannot be read.</summary>
    public static ArgumentException Wrong(string key, string why, Exception? cause = null) => new($"AdditionalProperties[\"{key}\"] {why}.", key, cause);

    /// <summary>Gets the text; null when it is blank.</summary>
    public static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private string Name(string key) => owner is null ? key : $"{owner}.{key}";

    private decimal? Number(string key)
    {
        var text = Text(key);
        return text is null ? null
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw Wrong(Name(key), "is not a number");
    }

    private JsonElement? Find(string key) => Raw(key) is { } value ? Json(key, value) : null;

    private JsonElement? Json(string key, object value)
    {
        var json = ToJson(Name(key), value);
        var isAbsent = json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
            || (json.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(json.GetString()));
        return isAbsent ? null : json;
    }
}
