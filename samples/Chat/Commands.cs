using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>The commands, which begin with a slash.</summary>
/// <param name="session">The conversation at work.</param>
/// <param name="responses">Tells what the service still has.</param>
/// <param name="terminal">Where to say what came of it.</param>
/// <param name="show">Shows an answer, for the command that asks for one.</param>
internal sealed class Commands(
    ChatSession session, GrokResponsesClient responses, Terminal terminal, Func<IAsyncEnumerable<ChatResponseUpdate>, CancellationToken, Task> show)
{
    private const int MostConversations = 50;

    /// <summary>Whether a line is a command, known or not. A path such as /etc/hosts is none.</summary>
    public static bool IsCommand(string line) => Name(line) is ['/', _, ..] name && name.Skip(1).All(char.IsAsciiLetter);

    public static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    /// <summary>Runs a command.</summary>
    /// <returns>Whether to go on.</returns>
    /// <exception cref="UserException">The command is unknown or cannot be done.</exception>
    public async Task<bool> RunAsync(string line, CancellationToken cancellationToken)
    {
        var argument = line.Trim()[Name(line).Length..].Trim();
        if (Name(line) is "/exit" or "/quit")
        {
            return false;
        }

        await (Name(line) switch
        {
            "/help" => Say(HelpText.Commands.TrimEnd()),
            "/history" => HistoryAsync(cancellationToken),
            "/fork" => ForkAsync(argument, cancellationToken),
            "/rewind" => RewindAsync(argument, cancellationToken),
            "/regenerate" => RegenerateAsync(cancellationToken),
            "/reasoning" => ReasoningAsync(cancellationToken),
            "/usage" => UsageAsync(cancellationToken),
            "/delete" => DeleteAsync(cancellationToken),
            "/conversations" => ConversationsAsync(cancellationToken),
            "/switch" => SwitchAsync(Given(argument, "/switch needs a name, such as /switch ticket-4711: /conversations lists those there are."), cancellationToken),
            "/export" => ExportAsync(Given(argument, "/export needs a file, such as /export ticket.json."), cancellationToken),
            "/import" => ImportAsync(Given(argument, "/import needs a file, such as /import ticket.json."), cancellationToken),
            var unknown => throw new UserException($"There is no command {unknown}: /help lists the commands."),
        });
        return true;
    }

    /// <summary>Where the conversation stands, in a sentence.</summary>
    public async Task<string> PositionAsync(CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        return tree.Head is { } head
            ? $"The conversation stands at turn {tree.Number(head)} ({TerminalText.Excerpt(Answer.Visible(session.Conversations.Read(head).Input), 40)})."
            : "The conversation stands at its beginning.";
    }

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

    private static string Given(string argument, string otherwise) => argument.Length > 0 ? argument : throw new UserException(otherwise);

    private Task Say(string text)
    {
        terminal.Say(text);
        return Task.CompletedTask;
    }

    private async Task HistoryAsync(CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        if (tree.Turns.Count == 0)
        {
            terminal.Say("There are no turns yet.");
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        var gone = await ServerCheck.FindGoneAsync(responses, tree.Turns, now, cancellationToken);
        new HistoryTable(session.Conversations, terminal, now).Draw(tree, gone);
        terminal.Say($"{Prefix()}{HistoryTable.Total(tree)}");
    }

    /// <summary>With a number alone the same conversation goes on from there; with a name a second one does, which shares the turns up to there.</summary>
    private async Task ForkAsync(string argument, CancellationToken cancellationToken)
    {
        var words = argument.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        var number = Number(words.FirstOrDefault(""), "/fork", null);
        var tree = await session.ReadAsync(cancellationToken);
        var to = tree.At(number);
        if (words.Length < 2)
        {
            await session.MoveAsync(tree, to, cancellationToken);
            terminal.Say($"{await PositionAsync(cancellationToken)} The next message begins a new branch there.");
            return;
        }

        var name = words[1].Trim();
        await session.ForkAsync(name, to ?? throw new UserException($"A fork shares at least one turn: /switch {TerminalText.Excerpt(name, 40)} begins a conversation anew."), cancellationToken);
        terminal.Say($"Now at {TerminalText.Excerpt(name, 60)}. {await PositionAsync(cancellationToken)}");
    }

    private async Task RewindAsync(string argument, CancellationToken cancellationToken)
    {
        var turns = Number(argument, "/rewind", 1);
        var tree = await session.ReadAsync(cancellationToken);
        var depth = tree.Path.Count();
        if (turns < 1 || turns > depth)
        {
            throw new UserException(depth == 0
                ? "There is no turn to go back to: the conversation stands at its beginning."
                : $"/rewind {turns} is not possible: give a number from 1 to {depth}, the turns up to here.");
        }

        await session.MoveAsync(tree, tree.Path.Skip(turns).FirstOrDefault(), cancellationToken);
        terminal.Say($"{await PositionAsync(cancellationToken)} /fork goes back to a turn that was left.");
    }

    private async Task RegenerateAsync(CancellationToken cancellationToken)
    {
        if ((await session.ReadAsync(cancellationToken)).Head is null)
        {
            throw new UserException("There is no answer to ask for again: send a message first.");
        }

        await show(session.RegenerateAsync(cancellationToken), cancellationToken);
    }

    private async Task ReasoningAsync(CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        if (tree.Head is not { } head)
        {
            terminal.Say("There is no answer yet.");
            return;
        }

        var reasoning = Answer.ReasoningOf(session.Conversations.Read(head).Output).ToList();
        var texts = reasoning.Select(static r => r.Text.Trim()).Where(static t => t.Length > 0).ToList();
        terminal.Say(texts.Count > 0 ? string.Join("\n\n", texts) : $"The answer of turn {tree.Number(head)} came without a summary of its reasoning.");
        var blobs = reasoning.Select(static r => r.ProtectedData).OfType<string>().Where(static b => b.Length > 0).ToList();
        terminal.Note(blobs.Count > 0
            ? $"Encrypted reasoning: held, {Count(blobs.Count, "item")}, {blobs.Sum(static b => b.Length)} characters."
            : "Encrypted reasoning: none held (--encrypted-reasoning or --no-store asks for it).");
    }

    private async Task UsageAsync(CancellationToken cancellationToken)
    {
        var spending = session.Spending;
        var unpriced = spending.UnpricedCount > 0 ? $" (without {Count(spending.UnpricedCount, "answer")} of unknown cost)" : "";
        terminal.Say($"{Count(spending.AnswerCount, "answer")} · {TextView.Tokens(spending.Usage)} · {TextView.Cost(spending.CostInUsd)}{unpriced}");
        if (session.IsKept)
        {
            terminal.Say($"{Prefix()}{HistoryTable.Total(await session.ReadAsync(cancellationToken))}");
        }
    }

    private async Task DeleteAsync(CancellationToken cancellationToken)
    {
        var deleted = await session.DeleteAsync(cancellationToken);
        terminal.Say($"Deleted {Count(deleted, "stored response")}. A new conversation begins.");
    }

    private async Task ConversationsAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var conversation in session.Conversations.ListAsync(cancellationToken))
        {
            names.Add(conversation.ConversationId);
        }

        var states = new List<ConversationState>();
        foreach (var name in names.Take(MostConversations))
        {
            if (await session.Conversations.GetAsync(name, cancellationToken) is { } state)
            {
                states.Add(state);
            }
        }

        new HistoryTable(session.Conversations, terminal, TimeProvider.System.GetUtcNow()).Draw(states, session.Name);
        terminal.Say(names.Count > states.Count ? $"{Count(names.Count, "conversation")}; the last changed are above." : $"{Count(names.Count, "conversation")}.");
    }

    private async Task SwitchAsync(string name, CancellationToken cancellationToken)
    {
        // Asked before anything changes: a name that cannot be stored, or a store that fails, leaves the session where it is.
        var isNew = await session.Conversations.GetAsync(name, cancellationToken) is null;
        session.Switch(name);
        terminal.Say($"Now at {TerminalText.Excerpt(name, 60)}{(isNew ? ", a new conversation." : $". {await PositionAsync(cancellationToken)}")}");
    }

    private async Task ExportAsync(string file, CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        if (tree.Turns.Count == 0)
        {
            throw new UserException("There are no turns yet: there is nothing to export.");
        }

        await ConversationFiles.ExportAsync(session.Conversations, session.Name, file, cancellationToken);
        terminal.Say($"Wrote {Count(tree.Turns.Count, "turn")} to {file}.");
    }

    private async Task ImportAsync(string file, CancellationToken cancellationToken)
    {
        if ((await session.ReadAsync(cancellationToken)).Turns.Count > 0)
        {
            throw new UserException("This conversation has turns of its own: /switch to a new name, and import there.");
        }

        await ConversationFiles.ImportAsync(session.Conversations, session.Name, file, cancellationToken);
        session.Switch(session.Name);
        terminal.Say($"Read {Count((await session.ReadAsync(cancellationToken)).Turns.Count, "turn")} from {file}. {await PositionAsync(cancellationToken)}");
    }

    private string Prefix() => session.IsKept ? $"{TerminalText.Excerpt(session.Name, 60)}: " : "";
}
