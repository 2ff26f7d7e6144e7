using Connectors.Grok.Conversations;
using Web.Markdown;
using Web.Memory;
using Web.Runs;

namespace Web;

/// <summary>Reads conversations for the page: the tree without contents, and the contents of the shown turns from the cache.</summary>
internal sealed class ConversationReader(ConversationChatClient client, RunHub hub, TurnCache cache, AnswerTrees trees, WebSettings settings, TimeProvider clock)
{
    /// <summary>How many conversations a filter looks through.</summary>
    private const int MaxSearched = 1000;

    public async Task<IReadOnlyList<ConversationItem>> ListAsync(string visitor, string? title, CancellationToken cancellationToken)
    {
        var manager = client.Conversations.ForTenant(visitor);
        var running = hub.ListRunning(visitor).ToDictionary(static run => run.Conversation, StringComparer.Ordinal);
        var words = (title ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var items = new List<ConversationItem>();
        await foreach (var summary in manager.ListAsync(cancellationToken).Take(words.Length == 0 ? settings.MaxListed : MaxSearched))
        {
            var id = summary.ConversationId;
            var name = summary.Title ?? await DeriveTitleAsync(manager, visitor, id, cancellationToken);
            var isRunning = running.Remove(id);
            if (Array.TrueForAll(words, w => name.Contains(w, StringComparison.CurrentCultureIgnoreCase)))
            {
                items.Add(new ConversationItem(id, name, IsFork(id), isRunning, summary.UpdatedAt));
            }

            if (items.Count == settings.MaxListed)
            {
                break;
            }
        }

        // A conversation whose first answer is still running is not in the store yet.
        var first = running.Values.Select(run => new ConversationItem(run.Conversation, Titles.FromMessages(run.Question.Messages), false, true, clock.GetUtcNow()));
        return [.. first.Where(item => Array.TrueForAll(words, w => item.Title.Contains(w, StringComparison.CurrentCultureIgnoreCase))), .. items];
    }

    /// <summary>Reads a conversation along the path through a turn to its newest leaf.</summary>
    /// <exception cref="ProblemException">The conversation or turn does not exist.</exception>
    public async Task<ConversationView> ReadAsync(string visitor, string id, string? turn, CancellationToken cancellationToken)
    {
        // Read the run first: if it ends before the store is read, its turn is already in the store.
        var run = hub.FindFor(visitor, id) is { Status: not RunStatus.Done, Turn: null } found ? found : null;
        var path = await FindAsync(visitor, id, cancellationToken);
        if (path.Summary is null && run is null)
        {
            throw new ProblemException(Problems.Unknown);
        }

        var end = run is not null ? path.Tree.FirstOrDefault(t => t.Id == run.Question.After) : turn is null ? path.Tip : path.LeafBelow(path.Find(turn));
        var turns = path.To(end);
        var views = new List<TurnView>(turns.Count);
        for (var i = 0; i < turns.Count; i++)
        {
            views.Add(await ViewAsync(visitor, id, path, turns, i, cancellationToken));
        }

        var title = path.Summary?.Title
            ?? (views.Count > 0 ? Titles.FromText(FirstText(views[0].Messages.Select(static m => (m.Role, m.Text)))) : Titles.FromMessages(run?.Question.Messages ?? []));
        return new ConversationView(id, title, views, path.Totals, end?.Id == path.Tip?.Id, run is null ? null : View(run));
    }

    /// <summary>Reads one turn, with what changes beside it.</summary>
    /// <exception cref="ProblemException">The conversation or turn does not exist.</exception>
    public async Task<TurnReply> ReadTurnAsync(string visitor, string id, string turn, CancellationToken cancellationToken)
    {
        var path = await FindAsync(visitor, id, cancellationToken);
        var turns = path.To(path.Find(turn));
        var view = await ViewAsync(visitor, id, path, turns, turns.Count - 1, cancellationToken);
        return new TurnReply(view, path.Summary?.Title ?? await DeriveTitleAsync(client.Conversations.ForTenant(visitor), visitor, id, cancellationToken), path.Totals);
    }

    /// <summary>Finds a conversation and its tree; a path without turns when there is none.</summary>
    public async Task<ConversationPath> FindAsync(string visitor, string id, CancellationToken cancellationToken)
    {
        var manager = client.Conversations.ForTenant(visitor);
        var summary = await manager.FindAsync(id, cancellationToken);
        return new ConversationPath(summary, summary is null ? [] : await manager.GetOutlineAsync(id, cancellationToken));
    }

    /// <summary>The size of the attachments on the path to a turn.</summary>
    public async Task<long> AttachmentBytesAsync(string visitor, ConversationPath path, ConversationTurn? end, CancellationToken cancellationToken)
    {
        long bytes = 0;
        foreach (var turn in path.To(end))
        {
            bytes += (await cache.GetTextAsync(visitor, turn, cancellationToken)).AttachmentBytes;
        }

        return bytes;
    }

    /// <summary>The beginning of the first message, which is stored as the title, so that it is read once.</summary>
    public async Task<string> DeriveTitleAsync(ConversationManager manager, string visitor, string id, CancellationToken cancellationToken)
    {
        var path = await FindAsync(visitor, id, cancellationToken);
        if (path.To(path.Tip).FirstOrDefault() is not { } first)
        {
            return "Empty";
        }

        var title = Titles.FromText(FirstText((await cache.GetTextAsync(visitor, first, cancellationToken)).Messages.Select(static m => (m.Role, m.Text))));
        await Titles.KeepAsync(manager, id, title, cancellationToken);
        return title;
    }

    /// <summary>Whether an id is that of a fork. Forks of this sample have a suffix; forks of the library contain a tilde.</summary>
    public static bool IsFork(string id) => id.AsSpan().ContainsAny('~', '-');

    /// <summary>The address of the images of a turn.</summary>
    public static string ImagesOf(string conversation, string turn) => $"/api/conversations/{Uri.EscapeDataString(conversation)}/turns/{turn}/images";

    private static string FirstText(IEnumerable<(string Role, string Text)> messages) => messages.FirstOrDefault(static m => m.Role == "user").Text ?? "";

    private async Task<TurnView> ViewAsync(string visitor, string id, ConversationPath path, List<ConversationTurn> turns, int index, CancellationToken cancellationToken)
    {
        var turn = turns[index];
        var text = await cache.GetTextAsync(visitor, turn, cancellationToken);
        return new TurnView(
            turn.Id,
            turn.Kind switch { ConversationTurnKind.Unanswered => "unanswered", ConversationTurnKind.Compaction => "compaction", _ => "answer" },
            turn.Kind != ConversationTurnKind.Unanswered ? null : turn.Failure is null ? "stopped" : "failed",
            [.. text.Messages.Select(m => m.ToView(ImagesOf(id, turn.Id)))],
            trees.Parse(text.Answer),
            text.Answer,
            text.Reasoning,
            text.Citations,
            turn.Model,
            text.RequestedEffort,
            turn.InputTokens,
            turn.OutputTokens,
            turn.CachedInputTokens,
            turn.CostInUsd,
            turn.CacheSavingsInUsdTicks is { } saved ? ConversationPath.ToUsd(saved) : null,
            turn.CreatedAt,
            ConversationPath.IsLost(turn, index == 0 ? null : turns[index - 1]),
            path.Siblings(turn),
            Compaction(turns, index));
    }

    /// <summary>The compaction at an index of the path; null when the turn there is another one.</summary>
    private static CompactionView? Compaction(List<ConversationTurn> path, int index) => path[index].Kind != ConversationTurnKind.Compaction ? null
        : new(path.Take(index).Reverse().TakeWhile(static t => t.Kind != ConversationTurnKind.Compaction).Count(), path[index].InputTokens, path[index].OutputTokens);

    private RunView View(Run run) => new(
        run.Id,
        run.Status switch { RunStatus.Stopped => "stopped", RunStatus.Failed => "failed", _ => "running" },
        run.Question.After,
        [.. run.Question.Messages.Select(MessageText.From).Where(static m => m.Role != "system").Select(m => m.ToView($"/api/runs/{run.Id}/images"))],
        clock.GetElapsedTime(run.StartedAt).TotalSeconds);
}
