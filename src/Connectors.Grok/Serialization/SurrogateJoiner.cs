using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Joins a character whose two escaped surrogates arrive in two deltas. The first half is held until the next delta of the same part; without it, each half
/// would become U+FFFD. A half that is not continued becomes U+FFFD where the next delta begins.
/// </summary>
internal sealed class SurrogateJoiner
{
    private readonly Dictionary<string, byte[]> _halves = new(StringComparer.Ordinal);

    /// <summary>Whether a half is held.</summary>
    public bool IsPending => _halves.Count > 0;

    /// <summary>Returns the event, or a copy that begins with the half held for it and does not end with half a character.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> json)
    {
        if ((!IsPending && !Utf8Repair.MayHaveSurrogate(json)) || !TryFind(json, out var part, out var range) || json[range].IsEmpty)
        {
            return json;
        }

        ReadOnlySpan<byte> delta = json[range];
        if (_halves.Remove(part, out var first))
        {
            // A half that is not continued is replaced where the event is parsed.
            delta = (byte[])[.. first, .. delta];
        }

        // The last half is the one at the end, if there is one.
        var half = -1;
        for (var next = Utf8Repair.NextHalf(delta, 0); next >= 0; next = Utf8Repair.NextHalf(delta, next + Utf8Repair.EscapeLength))
        {
            half = next;
        }

        if (half >= 0 && half == delta.Length - Utf8Repair.EscapeLength && Utf8Repair.IsSurrogate(delta, half, out var isFirst) && isFirst)
        {
            _halves[part] = delta[half..].ToArray();
            delta = delta[..half];
        }

        return (byte[])[.. json[..range.Start], .. delta, .. json[range.End..]];
    }

    /// <summary>Finds the text of a delta event and the part that it belongs to; false when the event is another one.</summary>
    private static bool TryFind(ReadOnlySpan<byte> json, out string part, out Range text)
    {
        (part, text) = ("", default);
        var key = new StringBuilder();
        var (isDelta, hasText) = (false, false);
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                reader.Read();
                if (name.SequenceEqual("delta"u8))
                {
                    hasText = reader.TokenType == JsonTokenType.String;
                    text = ((int)reader.TokenStartIndex + 1)..((int)reader.BytesConsumed - 1);
                }
                else if (name.SequenceEqual("type"u8) || name.SequenceEqual("item_id"u8) || name.EndsWith("_index"u8))
                {
                    isDelta |= name.SequenceEqual("type"u8) && reader.ValueSpan.EndsWith(".delta"u8);
                    key.Append(Encoding.UTF8.GetString(name)).Append('=').Append(Encoding.UTF8.GetString(reader.ValueSpan)).Append(';');
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Reported where the event is parsed.
            return false;
        }

        part = key.ToString();
        return isDelta && hasText;
    }
}
