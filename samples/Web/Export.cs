using System.Globalization;
using System.Text;

namespace Web;

/// <summary>Writes the shown path of a conversation as Markdown.</summary>
internal static class Export
{
    public static string ToMarkdown(ConversationView view)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {view.Title}\n");
        foreach (var turn in view.Turns)
        {
            if (turn.Compaction is { } compaction)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n*{compaction.Turns} turns compacted: {compaction.TokensBefore} → {compaction.TokensAfter} tokens*\n");
                continue;
            }

            foreach (var message in turn.Messages.Where(static m => m.Role != "continuation"))
            {
                text.Append(message.Role == "user" ? "\n## Question\n\n" : "\n## Unfinished answer\n\n");
                AppendLines(text, [.. message.Images.Select(static (_, i) => $"*Image {i + 1}*"), .. message.Files.Select(static f => $"*{f.Name}, {f.Bytes} bytes*"), message.Text]);
            }

            text.Append(CultureInfo.InvariantCulture, $"\n## {(turn.Messages.Any(static m => m.Role == "continuation") ? "Answer, continued" : "Answer")}{(turn.Kind == "unanswered" ? $", {turn.Status}" : "")}\n\n");
            AppendLines(text, [turn.AnswerText, .. turn.Citations.Select(static c => $"- [{Escape(c.Title)}](<{c.Url}>)")]);
            if (turn.Kind != "unanswered")
            {
                text.Append(CultureInfo.InvariantCulture, $"\n*{turn.Model}, {turn.InputTokens} tokens in, {turn.OutputTokens} out, ${turn.CostInUsd:0.######}*\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A file name of letters and digits of the title.</summary>
    public static string FileName(string title, string extension)
    {
        var name = new string([.. title.Where(static c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_').Take(60)]).Trim();
        return $"{(name.Length == 0 ? "conversation" : name.Replace(' ', '-'))}.{extension}";
    }

    private static string Escape(string text) => text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static void AppendLines(StringBuilder text, IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(static l => l.Length > 0))
        {
            text.Append(line).Append('\n');
        }
    }
}
