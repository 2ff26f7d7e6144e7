using System.Globalization;
using Connectors.Grok.Conversations;
using Spectre.Console;

namespace Chat;

/// <summary>Draws the turns of a conversation with their texts, costs and storage on the server.</summary>
/// <param name="conversations">Reads the turns.</param>
/// <param name="terminal">The output.</param>
/// <param name="now">The current time, for expiry.</param>
internal sealed class HistoryTable(ConversationManager conversations, Terminal terminal, DateTimeOffset now)
{
    /// <summary>The width of all columns except the two texts and the response id.</summary>
    private const int FixedWidth = 60;

    /// <summary>The width from which on a turn or a conversation is one row of a table; a narrower terminal shows it on several lines.</summary>
    private const int MinTableWidth = 100;

    private const string Indentation = "    ";

    private const int IdWidth = 38;

    /// <summary>Draws all turns of a conversation.</summary>
    /// <param name="tree">The conversation.</param>
    /// <param name="missing">The ids of turns whose responses the server no longer stores.</param>
    public void Draw(ConversationTree tree, IReadOnlySet<string> missing)
    {
        var path = tree.Path.Select(static t => t.Id).ToHashSet(StringComparer.Ordinal);
        var width = Math.Min(terminal.Notes.Profile.Width, 180);
        if (width < MinTableWidth)
        {
            DrawNarrow(tree, missing, path, width);
            ShowHead(tree);
            return;
        }

        // Show ids only if they fit completely.
        var hasIds = width >= FixedWidth + IdWidth + 20;
        var room = Math.Max(10, (width - FixedWidth - (hasIds ? IdWidth : 0)) / 2);
        var table = CreateTable(hasIds ? 7 : 6);
        foreach (var turn in tree.Turns)
        {
            var (input, output) = conversations.Read(turn);
            List<string> cells =
            [
                Mark(tree, turn, path),
                $"{tree.Number(turn)}",
                Position(tree, turn),
                turn.Kind == ConversationTurnKind.Compaction
                    ? $"compacted, {Tokens(turn.InputTokens, turn.OutputTokens)}"
                    : $"{TerminalText.Excerpt(Answer.VisibleText(input), room)} → {TerminalText.Excerpt(Answer.VisibleText(output), room)}",
                TextView.Cost(Usd(turn.CostInUsdTicks)),
                DescribeStorage(turn, missing),
            ];
            Add(table, path.Contains(turn.Id), hasIds ? [.. cells, TerminalText.Name(turn.ResponseId ?? "no id", IdWidth - 2)] : cells);
        }

        terminal.Notes.Write(table);
        ShowHead(tree);
    }

    /// <summary>Draws the stored conversations, and marks the current one.</summary>
    public void Draw(IEnumerable<ConversationState> states, string current)
    {
        var width = terminal.Notes.Profile.Width;
        var table = CreateTable(5);
        foreach (var state in states)
        {
            var isCurrent = state.ConversationId == current;
            if (width < MinTableWidth)
            {
                WriteLine($"{(isCurrent ? "▶" : " ")} {TerminalText.Name(state.ConversationId, Math.Max(10, width - 2))}", isCurrent);
                WriteLine(
                    TextRows.Wrap($"{Indentation}{Commands.Count(state.TreeCount, "turn")} · {TextView.Cost(state.CostInUsd + state.Shared.CostInUsd)} · {state.UpdatedAt.LocalDateTime:yyyy-MM-dd HH:mm}", width, 4),
                    isCurrent);
                continue;
            }

            Add(table, isCurrent,
            [
                isCurrent ? "▶" : " ",
                TerminalText.Name(state.ConversationId, 40),
                Commands.Count(state.TreeCount, "turn"),
                // Of all turns in the tree, as the number of turns: a fork also shows what it shares.
                TextView.Cost(state.CostInUsd + state.Shared.CostInUsd),
                $"last changed {state.UpdatedAt.LocalDateTime:yyyy-MM-dd HH:mm}",
            ]);
        }

        terminal.Notes.Write(table);
    }

    /// <summary>Formats the tokens before and after a compaction.</summary>
    public static string Tokens(long before, long after) => string.Create(CultureInfo.InvariantCulture, $"{before:N0} → {after:N0} tokens");

    /// <summary>Formats the number of turns, the tokens and the cost of a conversation.</summary>
    public static string Total(ConversationTree tree) =>
        $"{Commands.Count(tree.Turns.Count, "turn")} · in {tree.Turns.Sum(static t => t.InputTokens)} · out {tree.Turns.Sum(static t => t.OutputTokens)}"
        + $" · {TextView.Cost(Usd(tree.Turns.Sum(static t => t.CostInUsdTicks)))}";

    private static string Mark(ConversationTree tree, ConversationTurn turn, HashSet<string> path) =>
        turn.Id == tree.Head?.Id ? "▶" : path.Contains(turn.Id) ? "│" : " ";

    private static string Position(ConversationTree tree, ConversationTurn turn) =>
        tree.Parent(turn) is { } parent ? $"after {tree.Number(parent)}" : "first";

    private static decimal Usd(long ticks) => ticks / 10_000_000_000m;

    private string DescribeStorage(ConversationTurn turn, IReadOnlySet<string> missing) => turn switch
    {
        { IsStored: false } => "not stored",
        { ExpiresAt: { } expiry } when expiry <= now => $"expired {Day(expiry)}",
        _ when missing.Contains(turn.Id) => "missing on the server",
        { ExpiresAt: { } expiry } => $"stored until {Day(expiry)}",
        _ => "stored",
    };

    private static string Day(DateTimeOffset time) => time.LocalDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Table CreateTable(int columns)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders();
        for (var column = 0; column < columns; column++)
        {
            table.AddColumn(new TableColumn("").NoWrap());
        }

        return table;
    }

    /// <summary>Draws each turn on several lines: the number, the parent and the cost come first.</summary>
    private void DrawNarrow(ConversationTree tree, IReadOnlySet<string> missing, HashSet<string> path, int width)
    {
        var room = Math.Max(10, width - Indentation.Length);
        foreach (var turn in tree.Turns)
        {
            var (input, output) = conversations.Read(turn);
            var isOnPath = path.Contains(turn.Id);
            var first = $"{Mark(tree, turn, path)} {tree.Number(turn)} {Position(tree, turn)} · {TextView.Cost(Usd(turn.CostInUsdTicks))}";
            var storage = DescribeStorage(turn, missing);
            var fits = first.Length + 3 + storage.Length <= width;
            WriteLine(fits ? $"{first} · {storage}" : first, isOnPath);
            if (turn.Kind == ConversationTurnKind.Compaction)
            {
                WriteLine($"{Indentation}compacted, {Tokens(turn.InputTokens, turn.OutputTokens)}", isOnPath);
            }
            else
            {
                WriteLine(Indentation + TerminalText.Excerpt(Answer.VisibleText(input), room), isOnPath);
                WriteLine($"{Indentation}→ {TerminalText.Excerpt(Answer.VisibleText(output), room - 2)}", isOnPath);
            }

            if (!fits)
            {
                WriteLine(Indentation + storage, isOnPath);
            }
        }
    }

    private void ShowHead(ConversationTree tree) =>
        terminal.Result(tree.Head is { } head ? $"▶ head: the next message follows turn {tree.Number(head)}." : "The conversation is at its beginning.");

    private void WriteLine(string text, bool isPlain)
    {
        terminal.Notes.Write(new Text(text, isPlain ? Style.Plain : Terminal.Dim(terminal.Notes)));
        terminal.Notes.WriteLine();
    }

    private void Add(Table table, bool isPlain, List<string> cells)
    {
        var style = isPlain ? Style.Plain : Terminal.Dim(terminal.Notes);
        table.AddRow(cells.Select(c => new Text(c, style)));
    }
}
