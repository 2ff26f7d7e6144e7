using System.Globalization;
using Connectors.Grok.Conversations;
using Spectre.Console;

namespace Chat;

/// <summary>Draws a conversation's tree: what was said, what it cost, and what the service still has of it.</summary>
/// <param name="conversations">Reads the turns.</param>
/// <param name="terminal">Where to draw.</param>
/// <param name="now">The moment by which answers are expired or not.</param>
internal sealed class HistoryTable(ConversationManager conversations, Terminal terminal, DateTimeOffset now)
{
    /// <summary>What stands beside the two texts: mark, numbers, an arrow, cost, storage, and the space between.</summary>
    private const int Beside = 60;

    private const int Id = 38;

    /// <param name="tree">The conversation.</param>
    /// <param name="gone">The turns that the service turned out not to have.</param>
    public void Draw(ConversationTree tree, IReadOnlySet<string> gone)
    {
        var path = tree.Path.Select(static t => t.Id).ToHashSet(StringComparer.Ordinal);
        var width = Math.Min(terminal.Notes.Profile.Width, 180);
        // An id that is cut is of no use.
        var hasIds = width >= Beside + Id + 20;
        var room = Math.Max(10, (width - Beside - (hasIds ? Id : 0)) / 2);
        var table = Plain(hasIds ? 7 : 6);
        foreach (var turn in tree.Turns)
        {
            var (input, output) = conversations.Read(turn);
            var parent = tree.Parent(turn);
            List<string> cells =
            [
                turn.Id == tree.Head?.Id ? "▶" : path.Contains(turn.Id) ? "│" : " ",
                $"{tree.Number(turn)}",
                parent is null ? "first" : $"after {tree.Number(parent)}",
                $"{TerminalText.Excerpt(Answer.Visible(input), room)} → {TerminalText.Excerpt(Answer.Visible(output), room)}",
                TextView.Cost(Usd(turn.CostInUsdTicks)),
                Storage(turn, gone),
            ];
            Add(table, path.Contains(turn.Id), hasIds ? [.. cells, turn.ResponseId ?? "no id"] : cells);
        }

        terminal.Notes.Write(table);
        terminal.Say(tree.Head is { } head ? $"▶ the head: the next message follows turn {tree.Number(head)}." : "The conversation stands at its beginning.");
    }

    /// <summary>The conversations of the store; a mark stands at the one at work.</summary>
    public void Draw(IEnumerable<ConversationState> states, string current)
    {
        var table = Plain(5);
        foreach (var state in states)
        {
            var isCurrent = state.ConversationId == current;
            Add(table, isCurrent,
            [
                isCurrent ? "▶" : " ",
                TerminalText.Excerpt(state.ConversationId, 40),
                Commands.Count(state.TreeCount, "turn"),
                TextView.Cost(state.CostInUsd),
                $"last changed {state.UpdatedAt.LocalDateTime:yyyy-MM-dd HH:mm}",
            ]);
        }

        terminal.Notes.Write(table);
    }

    /// <summary>What all turns of a conversation took.</summary>
    public static string Total(ConversationTree tree) =>
        $"{Commands.Count(tree.Turns.Count, "turn")} · in {tree.Turns.Sum(static t => t.InputTokens)} · out {tree.Turns.Sum(static t => t.OutputTokens)}"
        + $" · {TextView.Cost(Usd(tree.Turns.Sum(static t => t.CostInUsdTicks)))}";

    private static decimal Usd(long ticks) => ticks / 10_000_000_000m;

    private string Storage(ConversationTurn turn, IReadOnlySet<string> gone) => turn switch
    {
        { IsStored: false } => "not stored",
        { ExpiresAt: { } expiry } when expiry <= now => $"expired {Day(expiry)}",
        _ when gone.Contains(turn.Id) => "gone from the server",
        { ExpiresAt: { } expiry } => $"stored until {Day(expiry)}",
        _ => "stored",
    };

    private static string Day(DateTimeOffset time) => time.LocalDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Table Plain(int columns)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders();
        for (var column = 0; column < columns; column++)
        {
            table.AddColumn(new TableColumn("").NoWrap());
        }

        return table;
    }

    private void Add(Table table, bool isPlain, List<string> cells)
    {
        var style = isPlain ? Style.Plain : Terminal.Dim(terminal.Notes);
        table.AddRow(cells.Select(c => new Text(c, style)));
    }
}
