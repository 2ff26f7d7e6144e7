using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>
/// Writers and readers of one store. Some writers have a conversation of their own; others share one, to which they append by
/// compare-and-swap. Every answer is compared with the turns that were acknowledged before the question: an answer is right, or an exception.
/// </summary>
internal sealed class Load(ConversationStore store, Ledger ledger, string prefix, CancellationToken end)
{
    public const string Tenant = "tenant";

    private const int TurnsPerConversation = 40;
    private const int LongestList = 500;
    private static readonly TimeSpan BetweenAppends = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(20);

    public static ConversationId Id(string name) => new(Tenant, name);

    /// <summary>Runs until the end is signalled and the last calls have returned.</summary>
    public Task RunAsync(int writers, int sharing, int readers) => Task.WhenAll(
    [
        .. Enumerable.Range(0, writers).Select(w => Task.Run(() => WriteOwnAsync(w))),
        .. Enumerable.Range(0, sharing).Select(w => Task.Run(() => WriteSharedAsync(w))),
        .. Enumerable.Range(0, readers).Select(r => Task.Run(() => ReadAsync(new Random(r)))),
    ]);

    /// <summary>Checks that a path ends at the head and is unbroken, and returns its turns.</summary>
    public static IReadOnlyList<SavedTurn> Read(Ledger ledger, string name, string head, IReadOnlyList<ConversationTurn> path, string question)
    {
        if (path.Count == 0 || path[^1].Id != head)
        {
            ledger.Wrong($"{question}: the path of '{name}' has {path.Count} turns and does not end at its head '{head}'");
        }

        var turns = new List<SavedTurn>();
        foreach (var (index, turn) in path.Index())
        {
            if (Check(ledger, name, turn, question) is { } saved)
            {
                turns.Add(saved);
                if (turn.Depth != index || turn.ParentId != (index == 0 ? null : path[index - 1].Id))
                {
                    ledger.Wrong($"{question}: '{turn.Id}' is not in its place in '{name}'");
                }
            }
        }

        return turns;
    }

    private static SavedTurn? Check(Ledger ledger, string name, ConversationTurn turn, string question)
    {
        var saved = SavedTurn.From(name, turn);
        if (saved is null)
        {
            ledger.Wrong($"{question}: '{turn.Id}' has other bytes");
        }

        return saved;
    }

    private async Task WriteOwnAsync(int writer)
    {
        for (var n = 0; !end.IsCancellationRequested; n++)
        {
            await FillAsync($"{prefix}{writer}-{n}");
        }
    }

    private async Task FillAsync(string name)
    {
        SavedTurn? head = null;
        var unknown = new HashSet<string>();
        for (var n = 0; n < TurnsPerConversation && !end.IsCancellationRequested; n++)
        {
            var (last, turn) = (head, SavedTurn.After(head, name, $"{name}/{n}"));
            var (isAnswered, isDone) = await AskAsync(() => store.AppendAsync(Id(name), turn.ToTurn(), last?.Id));
            if (isDone)
            {
                ledger.Acknowledge(turn);
                head = turn;
                await Task.Delay(BetweenAppends, TimeProvider.System, CancellationToken.None);
                continue;
            }

            if (!isAnswered)
            {
                unknown.Add(turn.Id);
            }

            if (await HeadAsync(name) is not (true, var found))
            {
                return;
            }

            // Nobody else writes here: false is right only when an append whose outcome was unknown was made after all.
            if (isAnswered && found == last)
            {
                ledger.Wrong($"AppendAsync returned false although '{name}' points to '{last?.Id}'");
            }
            else if (isAnswered && last is not null && !unknown.Contains(found?.Id ?? ""))
            {
                ledger.Missing([last], "AppendAsync returned false");
            }

            head = found;
        }
    }

    private async Task WriteSharedAsync(int writer)
    {
        for (var (n, conversation) = (0, 0); !end.IsCancellationRequested; n++)
        {
            var name = $"shared-{conversation}";
            if (await HeadAsync(name) is not (true, var head))
            {
                return;
            }

            if (head?.Depth >= TurnsPerConversation)
            {
                conversation++;
                continue;
            }

            var turn = SavedTurn.After(head, name, $"{prefix}{writer}-shared/{n}");
            if (await AskAsync(() => store.AppendAsync(Id(name), turn.ToTurn(), head?.Id)) is (_, true))
            {
                ledger.Acknowledge(turn);
                await Task.Delay(BetweenAppends, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>Reads the head of a conversation until the store answers.</summary>
    /// <returns>False and null when the end came first.</returns>
    private async Task<(bool IsAnswered, SavedTurn? Head)> HeadAsync(string name)
    {
        while (!end.IsCancellationRequested)
        {
            var acknowledged = ledger.Acknowledged(name);
            if (await AskAsync(() => store.LookUpAsync(Id(name), null)) is (true, var found))
            {
                var head = found?.Head is { } turn ? Check(ledger, name, turn, "LookUpAsync") : null;
                if (acknowledged.Where(t => head is null || t.Depth > head.Depth).ToList() is { Count: > 0 } missing)
                {
                    ledger.Missing(missing, $"LookUpAsync found {(found is null ? "nothing" : $"the head '{head?.Id}'")}");
                }

                return (true, head);
            }
        }

        return (false, null);
    }

    private async Task ReadAsync(Random random)
    {
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(BetweenReads, TimeProvider.System, CancellationToken.None);
            if (ledger.AnyName(random) is { } name)
            {
                var acknowledged = ledger.Acknowledged(name);
                await (random.Next(6) switch
                {
                    0 => ReadTurnAsync(name, acknowledged[random.Next(acknowledged.Count)]),
                    1 => ReadTreeAsync(name, acknowledged),
                    2 => ReadUsageAsync(name, acknowledged),
                    3 => ReadListAsync(name, acknowledged),
                    _ => ReadPathAsync(name, acknowledged),
                });
            }
        }
    }

    private async Task ReadTurnAsync(string name, SavedTurn expected)
    {
        if (await AskAsync(() => store.GetTurnAsync(Tenant, expected.Id)) is (true, var turn))
        {
            if (turn is null)
            {
                ledger.Missing([expected], "GetTurnAsync found nothing");
            }
            else if (Check(ledger, name, turn, "GetTurnAsync") is { } saved && saved != expected)
            {
                ledger.Wrong($"GetTurnAsync: '{expected.Id}' has another parent or depth");
            }
        }
    }

    private async Task ReadPathAsync(string name, IReadOnlyList<SavedTurn> acknowledged)
    {
        if (await AskAsync(() => store.FindAsync(Id(name))) is (true, var info))
        {
            if (info?.Head is not { } head)
            {
                ledger.Missing(acknowledged, $"FindAsync found {(info is null ? "nothing" : "no head")}");
            }
            else if (await AskAsync(() => store.GetPathAsync(Tenant, head)) is (true, { } path))
            {
                ledger.Compare(acknowledged, [.. Read(ledger, name, head, path, "GetPathAsync")], "GetPathAsync");
            }
        }
    }

    private async Task ReadTreeAsync(string name, IReadOnlyList<SavedTurn> acknowledged)
    {
        if (await AskAsync(() => store.GetTreeAsync(Id(name))) is (true, { } tree))
        {
            ledger.Compare(acknowledged, [.. tree.Select(t => Check(ledger, name, t, "GetTreeAsync")).OfType<SavedTurn>()], "GetTreeAsync");
        }
    }

    private async Task ReadUsageAsync(string name, IReadOnlyList<SavedTurn> acknowledged)
    {
        if (await AskAsync(() => store.GetUsageAsync(Id(name))) is (true, { } usage) && usage.Own.TurnCount < acknowledged.Count)
        {
            ledger.Missing(acknowledged, $"GetUsageAsync counted {usage.Own.TurnCount} turns", usage.Own.TurnCount);
        }
    }

    private async Task ReadListAsync(string name, IReadOnlyList<SavedTurn> acknowledged)
    {
        // The list holds the conversations that were changed last; this one is among them only while there are few.
        if (await AskAsync(() => store.ListAsync(new() { Tenant = Tenant, PageSize = LongestList })) is (true, { } list) && list.Count < LongestList && list.All(i => i.Id.Name != name))
        {
            ledger.Missing(acknowledged, $"ListAsync lacks '{name}'");
        }
    }

    private async Task<(bool IsAnswered, T? Answer)> AskAsync<T>(Func<ValueTask<T>> question)
    {
        try
        {
            return (true, await question());
        }
        catch (ConversationStoreException e)
        {
            ledger.Refuse(e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The store reports every failure of its medium as a ConversationStoreException.
            ledger.Wrong($"an exception of another type: {e.GetType().Name}: {e.Message}");
        }

        await Task.Delay(AfterRefusal, TimeProvider.System, CancellationToken.None);
        return (false, default);
    }
}
