using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Web.Runs;

namespace Web;

/// <summary>Reads conversations for the page.</summary>
internal sealed class ConversationReader(ConversationChatClient client, RunHub hub, Titles titles, WebSettings settings, TimeProvider clock)
{
    public async Task<IReadOnlyList<ConversationItem>> ListAsync(string visitor, CancellationToken cancellationToken)
    {
        var manager = client.Conversations.ForTenant(visitor);
        var running = hub.ListRunning(visitor).ToDictionary(static run => run.Conversation, StringComparer.Ordinal);
        var items = new List<ConversationItem>();
        await foreach (var info in manager.ListAsync(cancellationToken).Take(settings.MaxListed))
        {
            var id = info.ConversationId;
            var title = titles.Find(visitor, id) ?? await ReadTitleAsync(manager, visitor, id, cancellationToken);
            items.Add(new ConversationItem(id, title, IsFork(id), info.UpdatedAt, running.Remove(id)));
        }

        // A conversation whose first answer is still running is not in the store yet.
        return [.. running.Values.Select(run => new ConversationItem(run.Conversation, Titles.FromMessages(run.Question.Messages), false, clock.GetUtcNow(), true)), .. items];
    }

    /// <summary>Reads a conversation along the path through a turn to its newest leaf.</summary>
    /// <exception cref="ProblemException">The conversation or turn does not exist.</exception>
    public async Task<ConversationView> ReadAsync(string visitor, string id, string? turn, CancellationToken cancellationToken)
    {
        // Read the run first: if it ends before the store is read, its turn is already in the store.
        var run = hub.FindFor(visitor, id) is { Status: not RunStatus.Done } found ? found : null;
        var manager = client.Conversations.ForTenant(visitor);
        var state = await manager.GetAsync(id, cancellationToken);
        if (state is null && run is null)
        {
            throw new ProblemException(Problems.Unknown);
        }

        var tree = state is null ? [] : await manager.GetTreeAsync(id, cancellationToken);
        var path = Path(tree, FindEnd(tree, state?.Head?.Id, turn, run));
        var children = tree.ToLookup(static t => t.ParentId);
        var views = path.Select((t, index) => View(manager, id, t, [.. children[t.ParentId].OrderBy(static s => s.CreatedAt).Select(static s => s.Id)], Compaction(path, index))).ToList();
        var title = path.Count > 0 ? titles.Keep(visitor, id, manager.Read(path[0]).Input) : Titles.FromMessages(run?.Question.Messages ?? []);
        return new ConversationView(id, title, views, GetTotals(tree), path.LastOrDefault()?.Id == state?.Head?.Id, run is null ? null : View(run));
    }

    /// <summary>Whether a visitor has a conversation with at least one answer.</summary>
    public async Task<bool> ExistsAsync(string visitor, string id, CancellationToken cancellationToken) =>
        await client.Conversations.ForTenant(visitor).GetAsync(id, cancellationToken) is { Head: not null };

    /// <summary>Finds a turn of a conversation.</summary>
    /// <exception cref="ProblemException">The conversation or turn does not exist.</exception>
    public async Task<ConversationTurn> GetTurnAsync(string visitor, string id, string? turn, CancellationToken cancellationToken) =>
        (await client.Conversations.ForTenant(visitor).GetTreeAsync(id, cancellationToken)).FirstOrDefault(t => t.Id == turn) ?? throw new ProblemException(Problems.Unknown);

    /// <summary>Returns the images of a message, in order.</summary>
    public static IEnumerable<DataContent> Images(ChatMessage message) => message.Contents.OfType<DataContent>().Where(static d => d.HasTopLevelMediaType("image"));

    /// <summary>Whether an id is that of a fork. Forks of this sample have a suffix; forks of the library contain a tilde.</summary>
    public static bool IsFork(string id) => id.AsSpan().ContainsAny('~', '-');

    private async Task<string> ReadTitleAsync(ConversationManager manager, string visitor, string id, CancellationToken cancellationToken) =>
        await manager.GetTurnsAsync(id, cancellationToken) is [var first, ..] ? titles.Keep(visitor, id, manager.Read(first).Input) : "Empty";

    /// <summary>Finds the end of the path to show: the parent of an unfinished answer, the requested leaf, or the head.</summary>
    private static ConversationTurn? FindEnd(IReadOnlyList<ConversationTurn> tree, string? head, string? turn, Run? run) =>
        run?.Question.After is { } after ? tree.FirstOrDefault(t => t.Id == after)
            : turn is null ? tree.FirstOrDefault(t => t.Id == head)
            : Leaf(tree, tree.FirstOrDefault(t => t.Id == turn) ?? throw new ProblemException(Problems.Unknown));

    private static ConversationTurn Leaf(IReadOnlyList<ConversationTurn> tree, ConversationTurn turn)
    {
        while (tree.Where(t => t.ParentId == turn.Id).MaxBy(static t => t.CreatedAt) is { } child)
        {
            turn = child;
        }

        return turn;
    }

    private static List<ConversationTurn> Path(IReadOnlyList<ConversationTurn> tree, ConversationTurn? leaf)
    {
        var turns = tree.ToDictionary(static t => t.Id, StringComparer.Ordinal);
        var path = new List<ConversationTurn>();
        for (var turn = leaf; turn is not null; turn = turn.ParentId is { } parent ? turns.GetValueOrDefault(parent) : null)
        {
            path.Add(turn);
        }

        path.Reverse();
        return path;
    }

    private static TurnView View(ConversationManager manager, string id, ConversationTurn turn, IReadOnlyList<string> siblings, CompactionView? compaction)
    {
        var (input, output) = manager.Read(turn);
        var contents = output.SelectMany(static m => m.Contents).ToList();
        var reasoning = string.Join("\n\n", contents.OfType<TextReasoningContent>().Select(static r => r.Text).Where(static t => t.Length > 0));
        return new TurnView(
            turn.Id,
            ToMessageViews(input, $"/api/conversations/{Uri.EscapeDataString(id)}/turns/{turn.Id}/images"),
            string.Concat(contents.Select(static c => c is TextContent text ? text.Text : c is ErrorContent refusal ? refusal.Message : "")),
            reasoning.Length > 0 ? reasoning : null,
            Citations.FromContents(contents),
            turn.Model,
            turn.InputTokens,
            turn.OutputTokens,
            turn.CostInUsd,
            turn.CreatedAt,
            turn.IsRebuilt,
            siblings,
            compaction);
    }

    /// <summary>The compaction at an index of the path; null when the turn there is another one.</summary>
    private static CompactionView? Compaction(List<ConversationTurn> path, int index) => path[index].Kind != ConversationTurnKind.Compaction ? null
        : new(path.Take(index).Reverse().TakeWhile(static t => t.Kind != ConversationTurnKind.Compaction).Count(), path[index].InputTokens, path[index].OutputTokens);

    private static IReadOnlyList<MessageView> ToMessageViews(IEnumerable<ChatMessage> messages, string images) =>
    [
        .. messages.Select((message, index) => new MessageView(message.Role.Value, message.Text, [.. Images(message).Select((_, n) => $"{images}/{index}/{n}")]))
            .Where(static view => view.Role != ChatRole.System.Value),
    ];

    private RunView View(Run run) => new(
        run.Id,
        run.Status switch { RunStatus.Stopped => "stopped", RunStatus.Failed => "failed", _ => "running" },
        run.Question.After,
        ToMessageViews(run.Question.Messages, $"/api/runs/{run.Id}/images"),
        clock.GetElapsedTime(run.StartedAt).TotalSeconds);

    private static Totals GetTotals(IReadOnlyList<ConversationTurn> tree) => new(
        tree.Count(static t => t.Kind != ConversationTurnKind.Compaction), tree.Sum(static t => t.InputTokens), tree.Sum(static t => t.OutputTokens), tree.Sum(static t => t.CostInUsd));
}
