using System.Text;
using System.Text.Unicode;

namespace Connectors.Grok.Serialization;

/// <summary>
/// The last delta as a template: the next one usually differs in its number and its text only. The rest is compared as bytes, which
/// is much faster than reading it. A delta that differs elsewhere, or has an escape in its text, does not fit.
/// </summary>
internal sealed class DeltaTemplate
{
    private byte[] _before = [];
    private byte[] _between = [];
    private byte[] _after = [];
    private Delta _delta;

    /// <summary>Reads a delta that fits the template.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out Delta delta, out int number)
    {
        (delta, number) = (default, 0);
        if (_delta.Text is null || !json.StartsWith(_before) || !json.EndsWith(_after))
        {
            return false;
        }

        var rest = json[_before.Length..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        // Nine digits fit an int; JSON numbers have no leading zero.
        if (digits is < 1 or > 9 || (rest[0] == '0' && digits > 1) || !rest[digits..].StartsWith(_between) || rest.Length < digits + _between.Length + _after.Length)
        {
            return false;
        }

        var text = rest[(digits + _between.Length)..^_after.Length];
        if (!IsPlain(text) || !Utf8.IsValid(text))
        {
            return false;
        }

        foreach (var digit in rest[..digits])
        {
            number = (number * 10) + digit - '0';
        }

        delta = _delta with { Text = Encoding.UTF8.GetString(text) };
        return true;
    }

    /// <summary>Whether a text holds none of the characters that a JSON string cannot hold unescaped. It is a word or less: setting up a search takes longer.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (var letter in text)
        {
            if (letter is < 0x20 or (byte)'"' or (byte)'\\')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes a delta the template for the next ones.</summary>
    /// <param name="json">The event.</param>
    /// <param name="number">The range of its sequence number.</param>
    /// <param name="text">The range of its text, without the quotes.</param>
    /// <param name="delta">The parsed delta.</param>
    public void Learn(ReadOnlySpan<byte> json, Range number, Range text, in Delta delta)
    {
        if (number.End.Value == 0 || number.End.Value > text.Start.Value)
        {
            // Events without a number, or with the number last, occur in no recorded stream.
            return;
        }

        (_before, _between, _after) = (json[..number.Start].ToArray(), json[number.End..text.Start].ToArray(), json[text.End..].ToArray());
        _delta = delta;
    }
}
