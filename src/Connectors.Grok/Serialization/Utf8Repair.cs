using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Makes the texts of received JSON valid Unicode. Undecodable bytes, and escapes of half a surrogate pair, are replaced with U+FFFD. Left as they are
/// they would throw where the text is first read, however far from here.
/// </summary>
internal static class Utf8Repair
{
    /// <summary>The length of an escape such as <c>\ud83d</c>.</summary>
    public const int EscapeLength = 6;

    /// <summary>Returns the same bytes, or a copy with the replacements.</summary>
    public static ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }

        // Few answers contain an escaped surrogate: these two searches are vectorized.
        var half = MayHaveSurrogate(json) ? NextHalf(json, 0) : -1;
        if (half < 0)
        {
            return json;
        }

        var sound = json.ToArray();
        for (; half >= 0; half = NextHalf(sound, half + EscapeLength))
        {
            @"\ufffd"u8.CopyTo(sound.AsSpan(half));
        }

        return sound;
    }

    /// <summary>Whether a JSON text may contain an escaped surrogate.</summary>
    public static bool MayHaveSurrogate(ReadOnlySpan<byte> json) => json.IndexOf(@"\ud"u8) >= 0 || json.IndexOf(@"\uD"u8) >= 0;

    /// <summary>The index of the next escape that is half a pair; -1 when there is none.</summary>
    public static int NextHalf(ReadOnlySpan<byte> json, int start)
    {
        for (var position = start; position < json.Length && json[position..].IndexOf((byte)'\\') is var next and >= 0;)
        {
            position += next;
            if (!IsSurrogate(json, position, out var isHigh))
            {
                // The character after it belongs to it: an escaped backslash begins no escape.
                position += 2;
            }
            else if (isHigh && IsSurrogate(json, position + EscapeLength, out var isHighAgain) && !isHighAgain)
            {
                position += 2 * EscapeLength;
            }
            else
            {
                return position;
            }
        }

        return -1;
    }

    /// <summary>Whether an escaped surrogate is at a position.</summary>
    public static bool IsSurrogate(ReadOnlySpan<byte> json, int position, out bool isHigh)
    {
        isHigh = false;
        if (json.Length < position + EscapeLength || !json[position..].StartsWith(@"\u"u8)
            || !Utf8Parser.TryParse(json.Slice(position + 2, EscapeLength - 2), out ushort unit, out var digits, 'x') || digits != EscapeLength - 2)
        {
            return false;
        }

        isHigh = char.IsHighSurrogate((char)unit);
        return char.IsSurrogate((char)unit);
    }
}
