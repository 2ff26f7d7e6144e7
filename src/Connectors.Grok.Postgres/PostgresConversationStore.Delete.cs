using Connectors.Grok.Conversations;
using Npgsql;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <content>Deleting conversations, one at a time or in batches, with the turns that no other conversation needs.</content>
public sealed partial class PostgresConversationStore
{
    /// <summary>A batch of a purge ends with the conversation that brings it to this number of conversations or turns.</summary>
    private const int PurgedNames = 1000, PurgedTurns = 2000;

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        var deleted = new List<ConversationTurn>();
        NpgsqlParameter[] parameters = [Key(RowKey.Create(id.Tenant, id.Name)), Ticks(expected?.UpdatedAt), Key(RowKey.CreateOptional(id.Tenant, expected?.Head))];
        await RemoveAsync(Sql.LockOne, parameters, deleted, cancellationToken).ConfigureAwait(false);
        return [.. deleted.OrderBy(static t => t.Depth)];
    }

    /// <inheritdoc/>
    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var purged = 0;

        // The entries of deleted rows stay in the index for a while; each batch begins behind those of the batches before.
        long since = 0;
        while (true)
        {
            NpgsqlParameter[] old = [Ticks(before), Number(PurgedNames), Number(PurgedTurns), new NpgsqlParameter<long> { TypedValue = since }];
            var found = await ReadAsync(
                Sql.Old, old, static row => (Key: row.GetFieldValue<byte[]>(0), Updated: row.GetInt64(1), Turns: row.GetInt64(2)), cancellationToken).ConfigureAwait(false);
            if (found.Count == 0)
            {
                return purged;
            }

            long turns = 0;
            var batch = found.TakeWhile(name => (turns += name.Turns) - name.Turns < PurgedTurns).ToList();
            since = batch[^1].Updated;
            purged += await RemoveAsync(Sql.LockOld, [Ticks(before), Keys(batch.Select(static b => b.Key))], deleted: null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(
        ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turnId);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        var (name, turn, doomed) = (RowKey.Create(id.Tenant, id.Name), RowKey.Create(id.Tenant, turnId), $"{id.Name}~{Guid.NewGuid():N}");
        return _database.RunAsync<IReadOnlyList<ConversationTurn>?>(
            async (connection, attempt) =>
            {
                var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var isThere = await ExistsAsync(connection, Sql.TurnExists, [Key(turn)], cancellationToken).ConfigureAwait(false)
                        && (expectedHead is not null || (await QueryAsync(connection, Sql.Find, [Key(name)], ToInfo, cancellationToken).ConfigureAwait(false)).Count > 0);
                    var (move, parameters) = (expectedHead is null ? Sql.MoveFirst : Sql.Move, HeadParameters(id, RowKey.CreateOptional(id.Tenant, head), expectedHead));
                    if (!isThere || await ExecuteAsync(connection, move, parameters, cancellationToken).ConfigureAwait(false) == 0)
                    {
                        return null;
                    }

                    var key = RowKey.Create(id.Tenant, doomed);
                    await ExecuteAsync(connection, Sql.Doomed, [Key(key), Key(RowKey.CreateForTenant(id.Tenant)), Text(id.Tenant), Text(doomed)], cancellationToken).ConfigureAwait(false);
                    await ExecuteAsync(connection, Sql.GiveBelow, [Key(turn), Key(name), Key(key)], cancellationToken).ConfigureAwait(false);
                    await ExecuteAsync(connection, Sql.LeaveBranchPoint, [Key(name), Key(key)], cancellationToken).ConfigureAwait(false);
                    await ReassignKeptAsync(connection, [key], cancellationToken).ConfigureAwait(false);
                    var deleted = await QueryAsync(connection, Sql.DeleteReturning, [Keys([key])], ToTurn, cancellationToken).ConfigureAwait(false);
                    attempt.IsUncertain = true;
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                    return [.. deleted.OrderBy(static t => t.Depth)];
                }
            },
            isRepeatable: false,
            cancellationToken);
    }

    /// <summary>
    /// Deletes the conversations that <paramref name="lockSql"/> selects, with their turns, in one transaction. The first statement locks the
    /// conversations, so the others see all turns that they own.
    /// </summary>
    private ValueTask<int> RemoveAsync(string lockSql, NpgsqlParameter[] parameters, List<ConversationTurn>? deleted, CancellationToken cancellationToken) => _database.RunAsync(
        async (connection, attempt) =>
        {
            deleted?.Clear();
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var keys = await QueryAsync(connection, lockSql, Copy(parameters), static row => row.GetFieldValue<byte[]>(0), cancellationToken).ConfigureAwait(false);
                if (keys.Count > 0)
                {
                    await ReassignKeptAsync(connection, keys, cancellationToken).ConfigureAwait(false);
                    var turns = await QueryAsync(
                        connection, deleted is null ? Sql.Delete : Sql.DeleteReturning, [Keys(keys)], row => deleted is null ? null : ToTurn(row), cancellationToken).ConfigureAwait(false);
                    deleted?.AddRange(turns!);
                    attempt.IsUncertain = true;
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                }

                return keys.Count;
            }
        },
        isRepeatable: false,
        cancellationToken);

    /// <summary>Gives the turns that other conversations still need to some of those.</summary>
    private async Task ReassignKeptAsync(NpgsqlConnection connection, List<byte[]> keys, CancellationToken cancellationToken)
    {
        var kept = await QueryAsync(
            connection,
            Sql.Kept,
            [Keys(keys)],
            static row => (new RowHash(row.GetFieldValue<byte[]>(0)), ToHash(row, 1), ToHash(row, 2)),
            cancellationToken).ConfigureAwait(false);
        if (kept.Count > 0)
        {
            var given = Heirs.Assign(kept);
            NpgsqlParameter[] parameters = [Keys(given.Select(static g => g.Key.Bytes)), Keys(given.Select(static g => g.Heir.Bytes)), Keys(given.Select(static g => g.Trunk?.Bytes))];
            await ExecuteAsync(connection, Sql.Reassign, parameters, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RowHash? ToHash(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new(row.GetFieldValue<byte[]>(column));
}
