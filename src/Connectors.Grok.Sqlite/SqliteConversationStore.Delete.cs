using Connectors.Grok.Conversations;

namespace Connectors.Grok.Sqlite;

/// <content>Deleting names, one at a time or in batches, with the turns that no other name needs.</content>
public sealed partial class SqliteConversationStore
{
    /// <summary>A batch of a purge ends with the name that brings it to this number of names or turns.</summary>
    private const int PurgedNames = 1000, PurgedTurns = 2000;

    /// <summary>Longer than the longest pause of a process that polls for the lock, so that one of those gets it.</summary>
    private static readonly TimeSpan PauseBetweenBatches = TimeSpan.FromMilliseconds(7);

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _database.WriteAsync<IReadOnlyList<ConversationTurn>>(
            session =>
            {
                var (updated, head) = (expected?.UpdatedAt.UtcTicks, expected?.Head);
                if (session.Number(Sql.Key, ("@tenant", id.Tenant), ("@name", id.Name), ("@updated", updated), ("@head", head)) is not { } key)
                {
                    return ([], Commit: false);
                }

                return (DeleteOwned(session, key), Commit: true);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var purged = 0;
        while (await _database.WriteAsync(session => (DeleteBatch(session, before.UtcTicks), Commit: true), cancellationToken).ConfigureAwait(false) is var batch and > 0)
        {
            purged += batch;
            await Task.Delay(PauseBetweenBatches, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return purged;
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(
        ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turnId);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        return _database.WriteAsync<IReadOnlyList<ConversationTurn>?>(
            session =>
            {
                (string, object?) tenant = ("@tenant", id.Tenant), name = ("@name", id.Name), turn = ("@id", turnId);
                var isThere = session.Number(Sql.TurnKey, tenant, turn) is not null
                    && session.Execute(Sql.Move, tenant, name, ("@now", _time.GetUtcNow().UtcTicks), ("@head", head), ("@expected", expectedHead)) == 1;
                if (!isThere)
                {
                    return (null, Commit: false);
                }

                var owner = session.Number(Sql.Key, tenant, name, ("@updated", null), ("@head", null));
                session.Execute(Sql.CreateDoomed, tenant, ("@name", $"{id.Name}~{Guid.NewGuid():N}"));
                var doomed = session.Number(Sql.LastKey)!.Value;
                session.Execute(Sql.GiveBelow, tenant, turn, ("@owner", owner), ("@doomed", doomed));
                session.Execute(Sql.LeaveBranchPoint, ("@owner", owner), ("@doomed", doomed));
                return (DeleteOwned(session, doomed), Commit: true);
            },
            cancellationToken);
    }

    private static int DeleteBatch(SqliteSession session, long before)
    {
        var found = new List<long>();
        using (var rows = session.Read(Sql.Old, ("@before", before), ("@rows", PurgedTurns)))
        {
            for (long turns = 0; found.Count < PurgedNames && turns < PurgedTurns && rows.Read(); turns += rows.GetInt64(1))
            {
                found.Add(rows.GetInt64(0));
            }
        }

        if (found.Count > 0)
        {
            (string, object?) keys = ("@keys", $"[{string.Join(',', found)}]");
            ReassignKept(session, keys);
            DeleteOwned(session, keys);
        }

        return found.Count;
    }

    /// <summary>Gives the turns that other names still need to some of those names.</summary>
    private static void ReassignKept(SqliteSession session, (string, object?) keys)
    {
        var kept = new List<(long Key, long? Parent, long? Heir)>();
        using (var rows = session.Read(Sql.Kept, keys))
        {
            while (rows.Read())
            {
                kept.Add((rows.GetInt64(0), rows.IsDBNull(1) ? null : rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetInt64(2)));
            }
        }

        foreach (var (key, heir, trunk) in Heirs.Assign(kept))
        {
            session.Execute(Sql.Reassign, ("@key", key), ("@heir", heir), ("@trunk", trunk));
        }
    }

    /// <summary>Deletes a name, and returns its turns that no other name needs.</summary>
    private static List<ConversationTurn> DeleteOwned(SqliteSession session, long key)
    {
        (string, object?) keys = ("@keys", $"[{key}]");
        ReassignKept(session, keys);
        var deleted = Turns(session.Read(Sql.Owned, ("@key", key)));
        DeleteOwned(session, keys);
        return deleted;
    }

    private static void DeleteOwned(SqliteSession session, (string, object?) keys)
    {
        session.Execute(Sql.DeleteOwned, keys);
        session.Execute(Sql.DeleteNames, keys);
    }
}
