using System.Text;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>A message of a script under construction: pieces of text and citations, in order.</summary>
internal sealed class MessageDraft
{
    private readonly List<(string Text, bool IsCitation, string? Title, Wait? Before)> _pieces = [];

    public void AddText(IEnumerable<string> deltas, Wait? before)
    {
        foreach (var delta in deltas)
        {
            _pieces.Add((delta, false, null, before));
            before = null;
        }
    }

    public void AddCitation(string url, string? title, Wait? before) => _pieces.Add((url, true, title, before));

    public MessageOutput ToOutput(ReplyContext context, bool isIncomplete)
    {
        var (text, length) = (new StringBuilder(), 0);
        var (deltas, citations) = (new List<Delta>(), new List<Citation>());
        foreach (var piece in _pieces)
        {
            var appended = piece.Text;
            if (piece.IsCitation)
            {
                var number = (citations.Count + 1).ToString();
                appended = context.InlinesCitations ? $"[[{number}]]({piece.Text})" : "";
                citations.Add(context.InlinesCitations
                    ? new Citation(piece.Text, piece.Title ?? number, length, length + CountCodePoints(appended))
                    : new Citation(piece.Text, piece.Title ?? piece.Text, 0, 0));
            }

            // Positions count code points. No public source names the unit (docs/wire.md#open-questions).
            length += CountCodePoints(appended);
            text.Append(appended);
            if (appended.Length > 0 || piece.Before is not null)
            {
                deltas.Add(new Delta(appended, piece.Before));
            }
        }

        return new MessageOutput(text.ToString()) { Annotations = citations, Deltas = deltas, IsIncomplete = isIncomplete };
    }

    private static int CountCodePoints(string text) => text.EnumerateRunes().Count();
}
