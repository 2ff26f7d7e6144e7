using System.Text;
using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>The slash commands.</summary>
/// <param name="session">The current conversation.</param>
/// <param name="responses">Checks which responses the server still stores.</param>
/// <param name="terminal">The output.</param>
/// <param name="show">Shows an answer, for /regenerate.</param>
/// <param name="prompt">Asks before /delete; null when nobody can answer.</param>
internal sealed class Commands(
    ChatSession session, GrokResponsesClient responses, Terminal terminal, Func<IAsyncEnumerable<ChatResponseUpdate>, CancellationToken, Task> show, IPrompt? prompt)
{
    private const int MaxConversations = 50;

    /// <summary>Whether a line is a command, known or unknown. A path such as /etc/hosts is not a command.</summary>
    public static bool IsCommand(string line) => Name(line) is ['/', _, ..] name && name.Skip(1).All(char.IsAsciiLetter);

    /// <summary>Returns the first word of a line, which is the name of a command.</summary>
    public static string Name(string line)
    {
        var words = line.Trim();
        var end = words.IndexOfAny([' ', '\t']);
        return end < 0 ? words : words[..end];
    }

    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>Runs a command.</summary>
    /// <returns>False to exit the program.</returns>
    /// <exception cref="UserException">The command is unknown or cannot be executed.</exception>
    public async Task<bool> RunAsync(string line, CancellationToken cancellationToken)
    {
        var argument = line.Trim()[Name(line).Length..].Trim();
        if (Name(line) is "/exit" or "/quit")
        {
            return false;
        }

        await (Name(line) switch
        {
            "/help" => ShowHelp(HelpText.Commands(terminal.Notes.Profile.Width)),
            "/history" => HistoryAsync(cancellationToken),
            "/search" => SearchAsync(Require(argument, "/search requires a text, such as /search invoice."), cancellationToken),
            "/fork" => ForkAsync(argument, cancellationToken),
            "/rewind" => RewindAsync(argument, cancellationToken),
            "/regenerate" => RegenerateAsync(cancellationToken),
            "/compact" => CompactAsync(cancellationToken),
            "/reasoning" => ReasoningAsync(cancellationToken),
            "/usage" => UsageAsync(cancellationToken),
            "/delete" => DeleteAsync(argument, cancellationToken),
            "/conversations" => ConversationsAsync(cancellationToken),
            "/switch" => SwitchAsync(Require(argument, "/switch requires a name, such as /switch ticket-4711. /conversations lists the conversations."), cancellationToken),
            "/export" => ExportAsync(Require(argument, "/export requires a file, such as /export ticket.json or /export ticket.md."), cancellationToken),
            "/import" => ImportAsync(Require(argument, "/import requires a file, such as /import ticket.json."), cancellationToken),
            var unknown => throw new UserException($"Unknown command {unknown}. /help lists the commands."),
        });
        return true;
    }

    /// <summary>Describes the head of the conversation.</summary>
    public async Task<string> PositionAsync(CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        return tree.Head is { } head
            ? $"The conversation is at turn {tree.Number(head)} ({(head.Kind == ConversationTurnKind.Compaction ? "a summary" : TerminalText.Excerpt(Answer.VisibleText(session.Conversations.Read(head).Input), 40))})."
            : "The conversation is at its beginning.";
    }

    private static int Number(string argument, string command, int? fallback) =>
        argument.Length == 0 && fallback is { } number ? number
        : int.TryParse(argument, out var given) ? given
        : throw new UserException($"{command} requires a number, such as {command} 1. /history lists the turns.");

    private static string Require(string argument, string message) => argument.Length > 0 ? argument : throw new UserException(message);

    private Task ShowHelp(string text)
    {
        terminal.Result(text);
        return Task.CompletedTask;
    }

    private async Task HistoryAsync(CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        if (tree.Turns.Count == 0)
        {
            terminal.Result("There are no turns yet.");
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        var missing = await terminal.WaitAsync(
            "Asking the server which responses it stores…", () => ServerCheck.FindMissingAsync(responses, tree.Turns, now, cancellationToken));
        new HistoryTable(session.Conversations, terminal, now).Draw(tree, missing);
        terminal.Result($"{Prefix()}{HistoryTable.Total(tree)}");
    }

    /// <summary>Searches this conversation; before its first turn, all stored conversations.</summary>
    private async Task SearchAsync(string text, CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        var search = new ConversationSearch(session.Conversations, terminal, text);
        if (tree.Turns.Count > 0 || !session.IsPersistent)
        {
            search.Search(tree, name: null);
        }
        else
        {
            await foreach (var conversation in session.Conversations.ListAsync(cancellationToken))
            {
                search.Search(await session.ReadAsync(conversation.ConversationId, cancellationToken), TerminalText.Name(conversation.ConversationId));
            }
        }

        search.ShowTotal();
    }

    /// <summary>With only a number, moves the head of this conversation; with a name, creates a second conversation that shares the turns up to that number.</summary>
    private async Task ForkAsync(string argument, CancellationToken cancellationToken)
    {
        var words = argument.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        var number = Number(words.FirstOrDefault(""), "/fork", null);
        var tree = await session.ReadAsync(cancellationToken);
        var turn = tree.GetTurn(number);
        if (words.Length < 2)
        {
            await session.MoveAsync(tree, turn, cancellationToken);
            terminal.Result($"{await PositionAsync(cancellationToken)} The next message starts a new branch.");
            return;
        }

        var name = words[1].Trim();
        await session.ForkAsync(name, turn ?? throw new UserException($"A fork shares at least one turn. Use /switch {TerminalText.Name(name, 40)} to start a new conversation."), cancellationToken);
        terminal.Result($"Switched to {TerminalText.Name(name, 60)}. {await PositionAsync(cancellationToken)}");
    }

    private async Task RewindAsync(string argument, CancellationToken cancellationToken)
    {
        var turns = Number(argument, "/rewind", 1);
        var tree = await session.ReadAsync(cancellationToken);
        var depth = tree.Path.Count();
        if (turns < 1 || turns > depth)
        {
            throw new UserException(depth == 0
                ? "There is no turn to go back to: the conversation is at its beginning."
                : $"/rewind {turns} is out of range. Use a number from 1 to {depth}, the number of turns up to the current one.");
        }

        await session.MoveAsync(tree, tree.Path.Skip(turns).FirstOrDefault(), cancellationToken);
        terminal.Result($"{await PositionAsync(cancellationToken)} /fork returns to a later turn.");
    }

    private async Task RegenerateAsync(CancellationToken cancellationToken)
    {
        if ((await session.ReadAsync(cancellationToken)).Head is null)
        {
            throw new UserException("There is no answer to regenerate. Send a message first.");
        }

        await show(session.RegenerateAsync(cancellationToken), cancellationToken);
    }

    private async Task CompactAsync(CancellationToken cancellationToken)
    {
        if ((await session.ReadAsync(cancellationToken)).Head is null)
        {
            throw new UserException("There is nothing to compact. Send a message first.");
        }

        terminal.Hint("Compacting…");
        var compacted = await session.CompactAsync(cancellationToken);
        terminal.Result($"{Count(compacted.TurnCount, "turn")} compacted, {HistoryTable.Tokens(compacted.TokensBefore, compacted.TokensAfter)}. The turns remain: /rewind goes back to them.");
    }

    private async Task ReasoningAsync(CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        if (tree.Head is not { } head)
        {
            terminal.Result("There is no answer yet.");
            return;
        }

        var reasoning = Answer.GetReasoning(session.Conversations.Read(head).Output).ToList();
        var texts = reasoning.Select(static r => r.Text.Trim()).Where(static t => t.Length > 0).ToList();
        terminal.Result(texts.Count > 0 ? string.Join("\n\n", texts) : $"The answer of turn {tree.Number(head)} has no reasoning summary.");
        var blobs = reasoning.Select(static r => r.ProtectedData).OfType<string>().Where(static b => b.Length > 0).ToList();
        terminal.Note(blobs.Count > 0
            ? $"Encrypted reasoning: stored, {Count(blobs.Count, "item")}, {blobs.Sum(static b => b.Length)} characters."
            : "Encrypted reasoning: none stored (--encrypted-reasoning or --no-store requests it).");
    }

    private async Task UsageAsync(CancellationToken cancellationToken)
    {
        var spending = session.Spending;
        var unpriced = spending.UnpricedCount > 0 ? $" (without {Count(spending.UnpricedCount, "answer")} of unknown cost)" : "";
        terminal.Result($"{Count(spending.AnswerCount, "answer")} · {TextView.Tokens(spending.Usage)} · {TextView.Cost(spending.CostInUsd)}{unpriced}");
        if (session.IsPersistent)
        {
            terminal.Result($"{Prefix()}{HistoryTable.Total(await session.ReadAsync(cancellationToken))}");
        }
    }

    private async Task DeleteAsync(string argument, CancellationToken cancellationToken)
    {
        if (argument is not ("" or "yes"))
        {
            throw new UserException("/delete deletes this conversation and takes no name. Use /switch NAME first, then /delete.");
        }

        var count = (await session.ReadAsync(cancellationToken)).Turns.Count;
        var name = session.IsPersistent ? TerminalText.Name(session.Name) : "this conversation";
        if (count > 0 && argument.Length == 0 && prompt?.Confirm($"Delete {name} with {Count(count, "turn")}, here and on the server?") == false)
        {
            terminal.Result("Nothing was deleted.");
            return;
        }

        var deleted = await terminal.WaitAsync("Deleting the responses on the server…", () => session.DeleteAsync(cancellationToken));
        terminal.Result($"Deleted {Count(deleted, "stored response")}. The next message starts a new conversation.");
    }

    private async Task ConversationsAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var conversation in session.Conversations.ListAsync(cancellationToken))
        {
            names.Add(conversation.ConversationId);
        }

        var states = new List<ConversationState>();
        foreach (var name in names.Take(MaxConversations))
        {
            if (await session.Conversations.GetAsync(name, cancellationToken) is { } state)
            {
                states.Add(state);
            }
        }

        new HistoryTable(session.Conversations, terminal, TimeProvider.System.GetUtcNow()).Draw(states, session.Name);
        terminal.Result(names.Count > states.Count ? $"{Count(names.Count, "conversation")}; the most recently changed ones are listed." : $"{Count(names.Count, "conversation")}.");
    }

    private async Task SwitchAsync(string name, CancellationToken cancellationToken)
    {
        // Look up the name first: an invalid name or a store failure must leave the session unchanged.
        var isNew = await session.Conversations.GetAsync(name, cancellationToken) is null;
        session.Switch(name);
        terminal.Result($"Switched to {TerminalText.Name(name, 60)}{(isNew ? ", a new conversation." : $". {await PositionAsync(cancellationToken)}")}");
    }

    private async Task ExportAsync(string file, CancellationToken cancellationToken)
    {
        var tree = await session.ReadAsync(cancellationToken);
        if (tree.Turns.Count == 0)
        {
            throw new UserException("There are no turns to export.");
        }

        var isMarkdown = Path.GetExtension(file).ToUpperInvariant() is ".MD" or ".MARKDOWN";
        if (isMarkdown)
        {
            await ConversationFiles.WriteAsync(file, Encoding.UTF8.GetBytes(MarkdownDocument.Create(session.Name, tree, session.Conversations)), cancellationToken);
        }
        else
        {
            await ConversationFiles.ExportAsync(session.Conversations, session.Name, file, cancellationToken);
        }

        terminal.Result($"Wrote {Count(isMarkdown ? tree.Path.Count() : tree.Turns.Count, "turn")} to {TerminalText.Escape(file)}.");
    }

    private async Task ImportAsync(string file, CancellationToken cancellationToken)
    {
        if ((await session.ReadAsync(cancellationToken)).Turns.Count > 0)
        {
            throw new UserException("This conversation already has turns. Use /switch to a new name, and import there.");
        }

        await ConversationFiles.ImportAsync(session.Conversations, session.Name, file, cancellationToken);
        session.Switch(session.Name);
        terminal.Result($"Read {Count((await session.ReadAsync(cancellationToken)).Turns.Count, "turn")} from {TerminalText.Escape(file)}. {await PositionAsync(cancellationToken)}");
    }

    private string Prefix() => session.IsPersistent ? $"{TerminalText.Name(session.Name, 60)}: " : "";
}
