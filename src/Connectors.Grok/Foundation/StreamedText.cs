using System.Runtime.InteropServices;

namespace Connectors.Grok.Foundation;

/// <summary>The length and a checksum of the text that was delivered of a part; the text itself is not kept.</summary>
/// <param name="Length">The length in UTF-16 units.</param>
/// <param name="Sum">A checksum over the characters, to tell it from another text.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StreamedText(int Length, uint Sum)
{
    /// <summary>What was streamed when a part of a reasoning item begins.</summary>
    public StreamedText ThenPart(bool isSummary) => Then(isSummary ? "\0s" : "\0c");

    public StreamedText Then(ReadOnlySpan<char> text)
    {
        var sum = Sum;
        foreach (var letter in text)
        {
            sum = (sum * 31) + letter;
        }

        return new(Length + text.Length, sum);
    }

    /// <summary>Whether a text starts with the emitted text.</summary>
    public bool Begins(string text) => text.Length >= Length && default(StreamedText).Then(text.AsSpan(0, Length)) == this;
}
