using Connectors.Grok.Conversations;
using Npgsql;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <content>Importing a tree in one transaction.</content>
public sealed partial class PostgresConversationStore
{
    /// <summary>A statement of an import ends with the turn that brings it to this number of turns or bytes of content.</summary>
    private const int ImportedTurns = 500, ImportedBytes = 8 << 20;

    /// <inheritdoc/>
    public override ValueTask<bool> ImportAsync(
        ConversationId id, IReadOnlyList<ConversationTurn> turns, string? head, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turns, head);
        var (key, now) = (RowKey.Create(id.Tenant, id.Name), _database.Time.GetUtcNow());
        return _database.RunAsync(
            async (connection, attempt) =>
            {
                // Only this call creates a name at this moment, so one that exists comes from an earlier attempt whose result was lost.
                if (attempt.FollowsUncertain && await ExistsAsync(connection, Sql.IsImported, [Key(key), Ticks(now)], cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }

                var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    NpgsqlParameter[] name = [Key(key), Key(RowKey.CreateForTenant(id.Tenant)), Text(id.Tenant), Text(id.Name), Ticks(now)];
                    if (await ExecuteAsync(connection, Sql.ImportName, name, cancellationToken).ConfigureAwait(false) == 0)
                    {
                        return false;
                    }

                    await InsertAsync(connection, id, key, turns, cancellationToken).ConfigureAwait(false);
                    if (head is not null)
                    {
                        await ExecuteAsync(connection, Sql.ImportHead, [Key(key), Key(RowKey.Create(id.Tenant, head))], cancellationToken).ConfigureAwait(false);
                    }

                    attempt.IsUncertain = true;
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                    return true;
                }
            },
            isRepeatable: true,
            cancellationToken);
    }

    private async Task InsertAsync(NpgsqlConnection connection, ConversationId id, byte[] key, IReadOnlyList<ConversationTurn> turns, CancellationToken cancellationToken)
    {
        var batch = new List<ConversationTurn>();
        long bytes = 0;
        for (var i = 0; i < turns.Count; i++)
        {
            batch.Add(turns[i]);
            bytes += turns[i].Content.Length;
            if (i == turns.Count - 1 || batch.Count == ImportedTurns || bytes >= ImportedBytes)
            {
                try
                {
                    await ExecuteAsync(connection, Sql.ImportTurns, [Key(key), .. ToColumns(batch, id.Tenant)], cancellationToken).ConfigureAwait(false);
                }
                catch (PostgresException e) when (PostgresErrors.IsDuplicate(e))
                {
                    throw new InvalidOperationException($"A turn of the conversation '{id.Name}' is already stored. Give each turn a new id.", e);
                }

                batch.Clear();
                bytes = 0;
            }
        }
    }
}
