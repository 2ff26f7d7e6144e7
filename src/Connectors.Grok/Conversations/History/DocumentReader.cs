using System.Text.Json;

namespace Connectors.Grok.Conversations.History;

/// <summary>Reads one object of a document, and says where and what is wrong with it.</summary>
/// <param name="json">The object.</param>
/// <param name="place">Where it stands.</param>
internal readonly struct DocumentReader(JsonElement json, string place)
{
    // What no turn can have; larger ones would make sums over many turns overflow.
    private const long Most = 1_000_000_000_000_000;

    public string Place => place;

    /// <summary>Where a parser stumbled. Its own message may quote what stands there.</summary>
    public static string WhereIs(JsonException e) => $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}{(e.Path is { } path ? $", {path}" : "")}.";

    public string Text(string name) => OptionalText(name) ?? throw Wrong(name, "a text");

    public string? OptionalText(string name) => Optional(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? TextOf(value, $"\"{name}\" of {place}") : throw Wrong(name, "a text");

    public string AsText() => json.ValueKind == JsonValueKind.String ? TextOf(json, place) : throw new InvalidDataException($"{place} is not a text.");

    /// <summary>Reads the name of a value; a number, which <see cref="Enum.TryParse{TEnum}(string, out TEnum)"/> would accept, is none.</summary>
    public static bool TryParse<T>(string name, out T value)
        where T : struct, Enum => Enum.TryParse(name, out value) && Enum.GetName(value) == name;

    public long Number(string name) =>
        Optional(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number is >= 0 and <= Most ? number : throw Wrong(name, "a whole number from 0 to 10^15");

    public long? OptionalNumber(string name) => Optional(name) is null ? null : Number(name);

    public bool Flag(string name) =>
        Optional(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : throw Wrong(name, "true or false");

    public DateTimeOffset Time(string name) => OptionalTime(name) ?? throw Wrong(name, "a time (ISO 8601)");

    public DateTimeOffset? OptionalTime(string name) => Optional(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : throw Wrong(name, "a time (ISO 8601)");

    public JsonElement Object(string name) => Optional(name) is { ValueKind: JsonValueKind.Object } value ? value : throw Wrong(name, "an object");

    public IEnumerable<JsonElement> List(string name) => Optional(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Wrong(name, "a list");

    /// <summary>A text that a store can keep as an id or a hash.</summary>
    private static string TextOf(JsonElement text, string place)
    {
        try
        {
            var read = text.GetString()!;
            return !read.Contains('\0', StringComparison.Ordinal) ? read : throw new InvalidDataException($"{place} holds the character NUL, which no store can keep.");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{place} is not valid Unicode: it holds half a surrogate pair.", e);
        }
    }

    private JsonElement? Optional(string name) =>
        json.ValueKind != JsonValueKind.Object ? throw new InvalidDataException($"{place} is not an object.")
        : json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private InvalidDataException Wrong(string name, string what) =>
        new($"\"{name}\" of {place} must be {what}{(Optional(name) is null ? ", and is missing" : "")}.");
}
