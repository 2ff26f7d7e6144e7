using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Connectors.Grok.Conversations.History;

/// <summary>The checksum of an exported conversation: over what the document says, in whichever order and layout a tool or a database wrote it.</summary>
internal static class DocumentChecksum
{
    /// <summary>SHA-256 over the list of head and turns, with the members of each object in ordinal order, numbers in plain notation, and no whitespace.</summary>
    /// <exception cref="InvalidDataException">A text holds half a surrogate pair.</exception>
    public static string Compute(JsonElement document) => Hash(document, Write);

    /// <summary>Whether a checksum is the one of a document, also one that an earlier build computed over the members as they stood.</summary>
    /// <exception cref="InvalidDataException">A text holds half a surrogate pair.</exception>
    public static bool Matches(string checksum, JsonElement document) =>
        checksum == Compute(document) || checksum == Hash(document, static (writer, value) => value.WriteTo(writer));

    private static string Hash(JsonElement document, Action<Utf8JsonWriter, JsonElement> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(bytes, ConversationDocument.Compact);
            writer.WriteStartArray();
            foreach (var name in (string[])["head", "turns"])
            {
                if (document.TryGetProperty(name, out var value))
                {
                    write(writer, value);
                }
            }

            writer.WriteEndArray();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException("A text of the document is not valid Unicode: it holds half a surrogate pair.", e);
        }

        return Convert.ToHexString(SHA256.HashData(bytes.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                // Of two members of one name the last one counts, as everywhere.
                foreach (var (name, member) in value.EnumerateObject().GroupBy(static p => p.Name, static p => p.Value, StringComparer.Ordinal)
                    .Select(static g => (g.Key, g.Last())).OrderBy(static m => m.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Plain(value));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>A number as databases write it again: 1E+2 and 100.0 are 100.</summary>
    private static string Plain(JsonElement number)
    {
        // A division by one with all its zeros removes those of the number.
        var text = number.TryGetDecimal(out var exact) ? (exact / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : number.GetDouble().ToString("R", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : double.IsFinite(number.GetDouble()) ? text : number.GetRawText();
    }
}
