using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <content>Importing a whole tree.</content>
public sealed partial class RedisConversationStore
{
    private const int TurnsPerImport = 200;

    /// <inheritdoc/>
    public override async ValueTask<bool> ImportAsync(
        ConversationId id, IReadOnlyList<ConversationTurn> turns, string? head, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turns, head);
        var change = new NameChange { Id = id, HeadId = head, ExpectedHead = null, ExpiresAt = expiresAt, Now = _connection.Time.GetUtcNow() };
        return await _connection.RunAsync(session => ImportAsync(session, change, turns), isRepeatable: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds the turns under a record that nothing leads to, then lets the name lead to it: all or nothing.</summary>
    private async Task<bool> ImportAsync(RedisSession session, NameChange change, IReadOnlyList<ConversationTurn> turns)
    {
        var place = new Place(change.NameKey, change.NewInstance);
        while (true)
        {
            var (replaced, record) = await ReadNameAsync(session, change.NameKey).ConfigureAwait(false);
            if (record is not null && replaced != place)
            {
                return false;
            }

            await ListAsync(session, change, place, null).ConfigureAwait(false);
            await AddAllAsync(session, change, place, turns).ConfigureAwait(false);
            var old = replaced == place ? "" : replaced?.ToString() ?? "";
            var answer = (RedisValue[])(await session.ChangeAsync(RedisScripts.Commit, Keys.Tree(place.Tree), place.Instance, old, change.HeadKey ?? "-", change.HeadId ?? "").ConfigureAwait(false))!;
            if (answer[0] != "place")
            {
                // A reader may have removed the entry while nothing led to the record.
                await ListAsync(session, change, place, null).ConfigureAwait(false);
                session.Attempt.Confirmations.Add(new(place.Tree, "name", place.Instance, change.Token, RedisKeys.Digits(change.Now)));
                return true;
            }

            await UndoAsync(session, place).ConfigureAwait(false);
        }
    }

    /// <summary>Adds the turns under the record; removes them again when one of the ids is taken.</summary>
    private async Task AddAllAsync(RedisSession session, NameChange change, Place place, IReadOnlyList<ConversationTurn> turns)
    {
        var added = 0;
        try
        {
            foreach (var chunk in turns.Count == 0 ? [[]] : Chunks(turns))
            {
                added += chunk.Count;
                await ImportChunkAsync(session, change, place, chunk).ConfigureAwait(false);
            }
        }
        catch (InvalidOperationException)
        {
            await UndoAsync(session, place).ConfigureAwait(false);
            await Task.WhenAll(turns.Take(added).Select(t => _claims.ReleaseAsync(session, RedisKeys.Hash(change.Id.Tenant, t.Id), place.Tree, change.Token))).ConfigureAwait(false);
            throw;
        }
    }

    private async Task ImportChunkAsync(RedisSession session, NameChange change, Place place, List<ConversationTurn> turns)
    {
        string[] keys = [.. turns.Select(t => RedisKeys.Hash(change.Id.Tenant, t.Id))];
        var claims = await Task.WhenAll(keys.Select(k => TurnClaims.ClaimAsync(session, k, place.Tree, change.Token))).ConfigureAwait(false);
        if (Array.FindIndex(claims, c => c is not null && c != change.Token) is var taken and >= 0)
        {
            throw AlreadyStored(turns[taken].Id);
        }

        RedisValue[] values =
        [
            place.Instance, change.Id.Tenant, change.Id.Name, RedisKeys.Digits(change.Now), RedisKeys.Digits(change.Now), Expiry.ToText(change.ExpiresAt), change.Token,
            .. turns.SelectMany((t, i) => (RedisValue[])[keys[i], t.ParentId is { } parent ? RedisKeys.Hash(change.Id.Tenant, parent) : "-", .. TurnRow.Values(t)]),
        ];
        RedisKey[] scriptKeys = [.. Keys.Tree(place.Tree), Keys.Fence(place.Tree, change.Token)];
        var answer = (RedisValue[])(await session.PrepareAsync(RedisScripts.Import, scriptKeys, values).ConfigureAwait(false))!;
        if (answer[0] != "ok")
        {
            throw AlreadyStored(turns.Count == 0 ? change.Id.Name : turns[0].Id);
        }
    }

    /// <summary>Divides turns so that no script writes too many or too much.</summary>
    private static IEnumerable<List<ConversationTurn>> Chunks(IReadOnlyList<ConversationTurn> turns)
    {
        var (chunk, bytes) = (new List<ConversationTurn>(), 0L);
        foreach (var turn in turns)
        {
            if (chunk.Count > 0 && (chunk.Count == TurnsPerImport || bytes + turn.Content.Length > BytesPerScript))
            {
                yield return chunk;
                (chunk, bytes) = ([], 0);
            }

            chunk.Add(turn);
            bytes += turn.Content.Length;
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }
}
