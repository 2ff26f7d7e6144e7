using Spectre.Console;

namespace Chat;

/// <summary>The commands, which begin with a slash.</summary>
internal sealed class Commands(ChatSession session, Terminal terminal)
{
    /// <summary>Whether a line is a command, known or not. A path such as /etc/hosts is none.</summary>
    public static bool IsCommand(string line) => Name(line) is ['/', _, ..] name && name.Skip(1).All(char.IsAsciiLetter);

    /// <summary>Runs a command.</summary>
    /// <returns>Whether to go on.</returns>
    /// <exception cref="UserException">The command is unknown or cannot be done.</exception>
    public async Task<bool> RunAsync(string line, CancellationToken cancellationToken)
    {
        var argument = line.Trim()[Name(line).Length..].Trim();
        switch (Name(line))
        {
            case "/exit" or "/quit":
                return false;
            case "/help":
                terminal.Say(HelpText.Commands.TrimEnd());
                break;
            case "/history":
                History();
                break;
            case "/fork":
                session.Tree.Fork(Number(argument, "/fork", null));
                terminal.Say($"{Position()} The next message begins a new branch there.");
                break;
            case "/rewind":
                session.Tree.Rewind(Number(argument, "/rewind", 1));
                terminal.Say($"{Position()} /fork goes back to a turn that was left.");
                break;
            case "/reasoning":
                Reasoning();
                break;
            case "/usage":
                Usage();
                break;
            case "/delete":
                var deleted = await session.DeleteAsync(cancellationToken);
                terminal.Say($"Deleted {Count(deleted, "stored response")}. A new conversation begins.");
                break;
            case var unknown:
                throw new UserException($"There is no command {unknown}: /help lists the commands.");
        }

        return true;
    }

    /// <summary>Where the conversation stands, in a sentence.</summary>
    public string Position() => session.Tree.Head is { } head
        ? $"The conversation stands at turn {head.Number} ({TerminalText.Excerpt(head.User.Text, 40)})."
        : "The conversation stands at its beginning.";

    private static string Name(string line)
    {
        var words = line.Trim();
        var end = words.IndexOfAny([' ', '\t']);
        return end < 0 ? words : words[..end];
    }

    private static int Number(string argument, string command, int? otherwise) =>
        argument.Length == 0 && otherwise is { } number ? number
        : int.TryParse(argument, out var given) ? given
        : throw new UserException($"{command} needs a number, such as {command} 1: /history lists the turns.");

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private void History()
    {
        if (session.Tree.Turns.Count == 0)
        {
            terminal.Say("There are no turns yet.");
            return;
        }

        var table = new Table().Border(TableBorder.None).HideHeaders();
        for (var column = 0; column < 5; column++)
        {
            table.AddColumn(new TableColumn("").NoWrap());
        }

        var path = session.Tree.Path.ToHashSet();
        // What stands beside it: mark, numbers, a UUID, an arrow, and the space between.
        var room = Math.Max(10, (Math.Min(terminal.Notes.Profile.Width, 140) - 64) / 2);
        foreach (var turn in session.Tree.Turns)
        {
            var style = path.Contains(turn) ? Style.Plain : Terminal.Dim(terminal.Notes);
            table.AddRow(
                new Text(turn == session.Tree.Head ? "▶" : path.Contains(turn) ? "│" : " ", style),
                new Text($"{turn.Number}", style),
                new Text(turn.Parent is { } parent ? $"after {parent.Number}" : "first", style),
                new Text($"{TerminalText.Excerpt(turn.User.Text, room)} → {TerminalText.Excerpt(turn.Text, room)}", style),
                new Text(turn.ConversationId ?? $"({turn.ResponseId ?? "no id"})", style));
        }

        terminal.Notes.Write(table);
        terminal.Say(session.Tree.Head is null ? "The conversation stands at its beginning." : $"▶ the head: the next message follows turn {session.Tree.Head.Number}.");
    }

    private void Reasoning()
    {
        if (session.Tree.Head is not { } head)
        {
            terminal.Say("There is no answer yet.");
            return;
        }

        var texts = head.Reasoning.Select(static r => r.Text.Trim()).Where(static t => t.Length > 0).ToList();
        terminal.Say(texts.Count > 0 ? string.Join("\n\n", texts) : $"The answer of turn {head.Number} came without a summary of its reasoning.");
        var blobs = head.Reasoning.Select(static r => r.ProtectedData).OfType<string>().Where(static b => b.Length > 0).ToList();
        terminal.Note(blobs.Count > 0
            ? $"Encrypted reasoning: held, {Count(blobs.Count, "item")}, {blobs.Sum(static b => b.Length)} characters."
            : "Encrypted reasoning: none held (--encrypted-reasoning or --no-store asks for it).");
    }

    private void Usage()
    {
        var unpriced = session.UnpricedCount > 0 ? $" (without {Count(session.UnpricedCount, "answer")} of unknown cost)" : "";
        var cost = session.AnswerCount > 0 && session.UnpricedCount == session.AnswerCount ? (decimal?)null : session.CostInUsd;
        terminal.Say($"{Count(session.AnswerCount, "answer")} · {TextView.Tokens(session.Usage)} · {TextView.Cost(cost)}{unpriced}");
    }
}
