using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <content>Reading names and trees.</content>
public sealed partial class RedisConversationStore
{
    private const int MaxReads = 5;

    /// <summary>Finds a name. The place alone is returned for a place whose name is gone, which a creation replaces.</summary>
    private async Task<(Place? Place, NameRecord? Record)> ReadNameAsync(RedisSession session, string name)
    {
        while (await session.GetAsync(Keys.Place(name)).ConfigureAwait(false) is { } text)
        {
            var place = Place.Parse(text);
            var record = await session.RecordAsync(place).ConfigureAwait(false);
            if (record?.MovedTo is not { } moved)
            {
                if (record?.Head is { } head)
                {
                    _claims.Remember(head, place.Tree);
                }

                return (place, record);
            }

            // The call that moved the name has not come to the place yet, or broke off before.
            await session.SwapAsync(Keys.Place(name), text, moved.ToString()).ConfigureAwait(false);
        }

        return default;
    }

    /// <summary>Reads the path to a turn; null when the tree does not have it.</summary>
    private async Task<IReadOnlyList<ConversationTurn>?> ReadPathAsync(RedisSession session, string tree, string turn)
    {
        for (var attempt = 0; attempt < MaxReads; attempt++)
        {
            List<string> path = [];
            string? from = turn;
            while (from is not null)
            {
                var rows = TurnRow.ParseAll(await session.ReadAsync(RedisScripts.Walk, Keys.Tree(tree), from, TurnsPerScript).ConfigureAwait(false)).ToList();
                path.AddRange(rows.Select(static r => r.Key));
                from = rows.Count == 0 ? null : rows[^1].Parent;
            }

            path.Reverse();
            var turns = await session.TurnsAsync(tree, path).ConfigureAwait(false);
            if (turns.TrueForAll(static t => t is { }) && (turns.Count == 0 || turns[0]!.ParentId is null))
            {
                return turns.Count == 0 ? null : [.. turns.Cast<ConversationTurn>()];
            }

            // Something was deleted between the commands; the turn then is gone as well.
        }

        throw new InvalidDataException("The path of a turn has gaps.");
    }

    private async Task<IReadOnlyList<ConversationTurn>> ReadTreeAsync(RedisSession session, Place place, NameRecord record, bool hasContents = true)
    {
        var all = new List<(int Level, ConversationTurn Turn)>();
        foreach (var (tree, rows, _) in await ReadRowsAsync(session, place, record).ConfigureAwait(false))
        {
            var ordered = rows.Values.OrderBy(static r => r.Level).ToList();
            var turns = await session.TurnsAsync(tree, [.. ordered.Select(static r => r.Key)], hasContents).ConfigureAwait(false);
            all.AddRange(ordered.Zip(turns).Where(static p => p.Second is not null).Select(static p => (p.First.Level, p.Second!)));
        }

        return [.. all.OrderBy(static p => p.Level).ThenBy(static p => p.Turn.CreatedAt).Select(static p => p.Turn)];
    }

    /// <summary>Reads what scripts know of the turns in a name's tree: those it owns, its head, its branch point, and all that they continue. Per tree, with the instances of the name.</summary>
    private async Task<List<(string Tree, Dictionary<string, TurnRow> Rows, HashSet<string> Instances)>> ReadRowsAsync(RedisSession session, Place place, NameRecord record)
    {
        List<(string, Dictionary<string, TurnRow>, HashSet<string>)> trees = [];
        List<Place> places = [place, .. record.Parts];
        HashSet<string> instances = [.. places.Select(static p => p.Instance)];
        foreach (var parts in places.GroupBy(static p => p.Tree))
        {
            var rows = new Dictionary<string, TurnRow>(StringComparer.Ordinal);
            var leaves = new Stack<string>();
            foreach (var part in parts)
            {
                await ReadOwnAsync(session, part, rows).ConfigureAwait(false);
                var partRecord = part == place ? record : await session.RecordAsync(part).ConfigureAwait(false);
                foreach (var leaf in (string?[])[partRecord?.Head, partRecord?.BranchPoint])
                {
                    leaves.Push(leaf ?? "");
                }
            }

            foreach (var row in rows.Values)
            {
                leaves.Push(row.Parent ?? "");
            }

            while (leaves.TryPop(out var leaf))
            {
                for (var from = leaf; from.Length > 0 && !rows.ContainsKey(from);)
                {
                    var above = TurnRow.ParseAll(await session.ReadAsync(RedisScripts.Walk, Keys.Tree(parts.Key), from, TurnsPerScript).ConfigureAwait(false)).ToList();
                    above.ForEach(r => rows.TryAdd(r.Key, r));
                    from = above.Count == 0 ? "" : above[^1].Parent ?? "";
                }
            }

            trees.Add((parts.Key, rows, instances));
        }

        return trees;
    }

    private async Task ReadOwnAsync(RedisSession session, Place part, Dictionary<string, TurnRow> rows)
    {
        for (var cursor = ""; ;)
        {
            var page = (RedisResult[])(await session.ReadAsync(RedisScripts.Own, Keys.Tree(part.Tree), part.Instance, cursor, TurnsPerScript).ConfigureAwait(false))!;
            foreach (var row in TurnRow.ParseAll(page[1]))
            {
                rows[row.Key] = row;
            }

            if (((RedisResult[])page[1]!).Length < 2 * TurnsPerScript)
            {
                return;
            }

            cursor = (string)page[0]!;
        }
    }
}
