using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <content>What a call reads before its request, and replacing a turn's content.</content>
public sealed partial class RedisConversationStore
{
    // A history of more answers is looked up in several scripts, its end first.
    private const int EntriesPerScript = 1_000;

    /// <inheritdoc/>
    public override ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(history);
        history ??= new();
        return _connection.RunAsync(
            async session =>
            {
                while (true)
                {
                    var (place, record) = await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false);
                    if (record is null)
                    {
                        return null;
                    }

                    if (record.Parts.Count > 0)
                    {
                        return await LookUpInPartsAsync(session, place!.Value, record, history).ConfigureAwait(false);
                    }

                    if (await LookUpAsync(session, id.Tenant, place!.Value, history).ConfigureAwait(false) is { } found)
                    {
                        return found;
                    }
                }
            },
            isRepeatable: true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turn);
        var key = RedisKeys.Hash(tenant, turn.Id);
        return _connection.RunAsync(
            async session => await _claims.InTreeAsync(session, key, tree => ReplaceAsync(session, tree, key, turn, expected)).ConfigureAwait(false) is true,
            isRepeatable: true,
            cancellationToken);
    }

    /// <summary>Replaces a turn in a tree; null when the tree does not have it.</summary>
    private async Task<object?> ReplaceAsync(RedisSession session, string tree, string key, ConversationTurn turn, ReadOnlyMemory<byte> expected)
    {
        if ((await session.TurnsAsync(tree, [key]).ConfigureAwait(false))[0] is not { } stored)
        {
            return null;
        }

        // The parent and the depth of a stored turn never change.
        var values = TurnRow.Values(turn with { ParentId = stored.ParentId, Depth = stored.Depth });
        var answer = (RedisValue[])(await session.ChangeAsync(RedisScripts.Replace, Keys.Tree(tree), [key, expected.ToArray(), .. values]).ConfigureAwait(false))!;
        if (answer[0] == "ok" || (answer[0] == "again" && session.Attempt.FollowsUncertain))
        {
            session.Attempt.Confirmations.Add(new(tree, "content", key, RedisKeys.ContentHash(turn.Content.Span), ""));
            return true;
        }

        return false;
    }

    /// <summary>Looks a history up with the scripts; null when the name has left the place.</summary>
    private async Task<ConversationLookup?> LookUpAsync(RedisSession session, string tenant, Place place, ConversationHistoryQuery history)
    {
        string[][] lists =
        [
            [.. history.Fingerprints.Select(RedisKeys.HashFingerprint)],
            [.. history.AnswerFingerprints.Select(RedisKeys.HashFingerprint)],
            [.. history.TurnIds.Select(t => RedisKeys.Hash(tenant, t))],
        ];
        var holds = false;
        for (var end = 0; ; end += EntriesPerScript)
        {
            string[][] chunk = [.. lists.Select(l => l[Math.Max(0, l.Length - end - EntriesPerScript)..Math.Max(0, l.Length - end)])];
            RedisValue[] arguments = [place.Instance, .. chunk.Select(static c => (RedisValue)c.Length), .. chunk.SelectMany(static c => c).Select(static e => (RedisValue)e)];
            var answer = (RedisResult[])(await session.ReadAsync(RedisScripts.LookUp, Keys.Tree(place.Tree), arguments).ConfigureAwait(false))!;
            if ((string?)answer[0] != "ok")
            {
                return null;
            }

            holds |= (int)answer[2] == 1;
            var match = (string)answer[4]!;
            if (match.Length > 0 || lists.All(l => l.Length <= end + EntriesPerScript))
            {
                var record = NameRecord.Parse((RedisValue)answer[1])!;
                Remember(record.Head, place.Tree);
                Remember(match, place.Tree);
                return new() { Info = record.Info, Head = ToTurn(answer[3]), Match = ToTurn(answer[5]), HoldsAnswer = holds };
            }
        }
    }

    private void Remember(string? turn, string tree)
    {
        if (!string.IsNullOrEmpty(turn))
        {
            _claims.Remember(turn, tree);
        }
    }

    /// <summary>Looks a history up in what the name has in several trees. Rare: the name was pointed from one tree into another.</summary>
    private async Task<ConversationLookup> LookUpInPartsAsync(RedisSession session, Place place, NameRecord record, ConversationHistoryQuery history)
    {
        var turns = await ReadTreeAsync(session, place, record).ConfigureAwait(false);
        var head = turns.FirstOrDefault(t => t.Id == record.Info.Head);
        var path = new HashSet<string>(StringComparer.Ordinal);
        for (var turn = head; turn is not null && path.Add(turn.Id); turn = turns.FirstOrDefault(t => t.Id == turn.ParentId))
        {
        }

        var answers = turns.Where(static t => t.Kind == ConversationTurnKind.Answer).ToList();
        var match = history.Fingerprints.Reverse()
            .Select(f => answers.Where(t => t.Fingerprint == f).OrderByDescending(t => path.Contains(t.Id)).ThenByDescending(static t => t.CreatedAt).FirstOrDefault())
            .FirstOrDefault(static t => t is not null);
        return new()
        {
            Info = record.Info,
            Head = head,
            Match = match,
            HoldsAnswer = match is not null || answers.Exists(t => history.AnswerFingerprints.Contains(t.AnswerFingerprint) || history.TurnIds.Contains(t.Id)),
        };
    }

    private static ConversationTurn? ToTurn(RedisResult values) => (RedisValue[]?)values is [var document, var content] ? TurnRow.ToTurn(document, content) : null;
}
