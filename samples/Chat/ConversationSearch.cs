using Connectors.Grok.Conversations;
using Spectre.Console;

namespace Chat;

/// <summary>Finds a text in the messages of conversations, and shows each match with the text around it.</summary>
/// <param name="conversations">Reads the turns.</param>
/// <param name="terminal">The output.</param>
/// <param name="text">The text to find. Letter case and the amount of white space do not matter.</param>
internal sealed class ConversationSearch(ConversationManager conversations, Terminal terminal, string text)
{
    private const int MaxShown = 50;
    private readonly string _text = TerminalText.OneLine(text);

    /// <summary>The number of messages that contain the text.</summary>
    public int Count { get; private set; }

    /// <summary>Searches all turns of a conversation.</summary>
    /// <param name="tree">The conversation.</param>
    /// <param name="name">The name to show before its first match; null for none.</param>
    public void Search(ConversationTree tree, string? name)
    {
        var path = tree.Path.Select(static t => t.Id).ToHashSet(StringComparer.Ordinal);
        var countBefore = Count;
        foreach (var turn in tree.Turns.Where(static t => t.Kind != ConversationTurnKind.Compaction))
        {
            var (input, output) = conversations.Read(turn);
            var mark = turn.Id == tree.Head?.Id ? "▶" : path.Contains(turn.Id) ? "│" : " ";
            foreach (var (author, line) in new[] { ("you", Answer.VisibleText(input)), ("Grok", Answer.VisibleText(output)) }.Select(static m => (m.Item1, TerminalText.OneLine(m.Item2))))
            {
                if (line.IndexOf(_text, StringComparison.OrdinalIgnoreCase) is var index and >= 0 && Count++ < MaxShown)
                {
                    if (name is not null && Count == countBefore + 1)
                    {
                        terminal.Result($"{name}:");
                    }

                    Show($"{mark} {tree.Number(turn)} {author}: ", line, index);
                }
            }
        }
    }

    /// <summary>Shows the number of matches.</summary>
    public void ShowTotal()
    {
        var quoted = TerminalText.Name(text, 40);
        terminal.Result(Count switch
        {
            0 => $"No message contains “{quoted}”.",
            > MaxShown => $"“{quoted}”: {Commands.Count(Count, "message")}, of which the first {MaxShown} are listed.",
            _ => $"“{quoted}”: {Commands.Count(Count, "message")}.",
        });
    }

    private void Show(string label, string line, int index)
    {
        var width = Math.Min(terminal.Notes.Profile.Width, 180);
        var (before, match, after) = TerminalText.Around(line, index, _text.Length, Math.Max(10, width - label.Length));
        var style = Terminal.HasColors(terminal.Notes) ? new Style(decoration: Decoration.Bold) : Style.Plain;
        terminal.Notes.Write(new Paragraph(label, Terminal.Dim(terminal.Notes)).Append(before, Style.Plain).Append(match, style).Append(after, Style.Plain));
        terminal.Notes.WriteLine();
    }
}
