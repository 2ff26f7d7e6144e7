using System.Globalization;
using System.Transactions;
using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>Opens connections outside of the caller's transaction, and replaces those that were opened while the server was read-only.</summary>
internal sealed class PostgresConnections(NpgsqlDataSource source)
{
    private const long MillisecondsBetweenReplacements = 100;

    private long _lastReplacement = -MillisecondsBetweenReplacements;

    /// <summary>Opens a connection that does not enlist in the ambient transaction: a rollback would take back turns that were acknowledged.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (Transaction.Current is null)
        {
            return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }

        Task<NpgsqlConnection> opening;
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            // The ambient transaction does not flow to the other thread.
            opening = Task.Run(() => source.OpenConnectionAsync(cancellationToken).AsTask(), cancellationToken);
        }

        return await opening.ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the idle connections. A connection that was opened while <c>default_transaction_read_only</c> was on stays read-only. Calls that
    /// fail together close them once.
    /// </summary>
    public void Replace()
    {
        var last = Interlocked.Read(ref _lastReplacement);
        if (Environment.TickCount64 - last >= MillisecondsBetweenReplacements
            && Interlocked.CompareExchange(ref _lastReplacement, Environment.TickCount64, last) == last)
        {
            source.Clear();
        }
    }

    /// <summary>
    /// Whether statements can be prepared. Not through a pooler: it may run the next call on another connection, where the statement does
    /// not exist, or where another one has its name, which answers wrongly. A pooler gives out keys of its own for cancelling calls, so that
    /// the process id in the key differs from the server's.
    /// </summary>
    /// <exception cref="ConversationStoreException">The data source prepares statements itself, through a pooler.</exception>
    public static async Task<bool> CanPrepareAsync(NpgsqlConnection connection, bool isAsked, CancellationToken cancellationToken)
    {
        var preparesItself = new NpgsqlConnectionStringBuilder(connection.ConnectionString).MaxAutoPrepare > 0;
        if (!isAsked && !preparesItself)
        {
            return false;
        }

        // In a transaction, because a data source that multiplexes has no connection otherwise.
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand("select pg_backend_pid()", connection);
            await using (command.ConfigureAwait(false))
            {
                var process = Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
                if (process == connection.ProcessID)
                {
                    return isAsked;
                }
            }
        }

        return preparesItself ? throw PostgresErrors.PreparedThroughPooler() : false;
    }
}
