using System.Text;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Writes the turns from the beginning to the head of a conversation as Markdown.</summary>
internal static class MarkdownDocument
{
    /// <summary>Returns the document.</summary>
    /// <param name="name">The name of the conversation.</param>
    /// <param name="tree">The conversation.</param>
    /// <param name="conversations">Reads the turns.</param>
    public static string Create(string name, ConversationTree tree, ConversationManager conversations)
    {
        var path = tree.Path.Reverse().ToList();
        var text = new StringBuilder($"# {TerminalText.Name(name, 200)}\n\n{HistoryTable.Total(tree)}\n");
        if (path.Count < tree.Turns.Count)
        {
            text.Append($"\nThis document contains the {Commands.Count(path.Count, "turn")} from the beginning to the head. The JSON document contains all branches.\n");
        }

        foreach (var turn in path)
        {
            var (input, output) = conversations.Read(turn);
            if (turn.Kind == ConversationTurnKind.Compaction)
            {
                text.Append($"\n*Turn {tree.Number(turn)}: the turns before were compacted, {HistoryTable.Tokens(turn.InputTokens, turn.OutputTokens)}.*\n");
                continue;
            }

            Append(text, $"{tree.Number(turn)}. You", input);
            Append(text, $"{tree.Number(turn)}. Grok", output);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string heading, IReadOnlyList<ChatMessage> messages)
    {
        text.Append("\n## ").Append(heading).Append('\n');
        foreach (var content in messages.SelectMany(static m => m.Contents).Select(Describe).Where(static c => c.Length > 0))
        {
            text.Append('\n').Append(content).Append('\n');
        }
    }

    private static string Describe(AIContent content) => content switch
    {
        UriContent uri => $"*Image: {TerminalText.Escape(uri.Uri.ToString())}*",
        DataContent data => $"*Image: {TerminalText.Escape(data.MediaType)}, {data.Data.Length} bytes*",
        _ => TerminalText.Clean(Answer.VisibleText(content)).ReplaceLineEndings("\n").Trim('\n'),
    };
}
