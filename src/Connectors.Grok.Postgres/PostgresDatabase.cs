using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>Opens connections and runs calls, with retries after transient failures.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source, PostgresConversationStoreOptions options, bool ownsSource) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly int _maxRetries = options.MaxRetries;
    private readonly bool _prepare = options.Prepare;
    private readonly PostgresSchema _schema = new(options.Schema);
    private volatile bool _isReady;
    private volatile bool _isDisposed;

    public PostgresSql Sql => _schema.Sql;

    public TimeProvider Time { get; } = options.TimeProvider;

    /// <summary>Runs a call, and retries it after a serialization conflict or a broken connection.</summary>
    /// <param name="work">The call. It sets <see cref="Attempt.IsUncertain"/> before it sends a change that may be committed.</param>
    /// <param name="isRepeatable">Whether the call may be retried after an attempt with an unknown outcome, because it can detect that the attempt was committed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Attempt, Task<T>> work, bool isRepeatable, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wasUncertain = false;
        for (var retries = 0; ; retries++)
        {
            var attempt = new Attempt { FollowsUncertain = wasUncertain };
            try
            {
                var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    return await work(connection, attempt).ConfigureAwait(false);
                }
            }
            catch (NpgsqlException e)
            {
                // Cancellation may break the connection; report the cancellation.
                cancellationToken.ThrowIfCancellationRequested();
                var isBroken = PostgresErrors.IsBroken(e);
                wasUncertain |= attempt.IsUncertain && (isBroken || e.InnerException is TimeoutException);
                var canRetry = PostgresErrors.IsSerializationConflict(e) || PostgresErrors.IsForeignKeyConflict(e) || (isBroken && (isRepeatable || !attempt.IsUncertain));
                if (!canRetry || retries >= _maxRetries)
                {
                    throw PostgresErrors.Explain(e, wasUncertain);
                }
            }

            catch (InvalidDataException e)
            {
                throw PostgresErrors.Unreadable(e);
            }

            var pause = FirstPause * Math.Pow(2, Math.Min(retries, 4)) * (0.5 + Random.Shared.NextDouble());
            await Task.Delay(pause, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a connection; creates or migrates the schema first if needed.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(PostgresConversationStore));
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                await _schema.PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
                _isReady = true;
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<NpgsqlCommand> CommandAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        if (_prepare)
        {
            // Costs one round trip per statement and pooled connection.
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }

        return command;
    }

    public async Task<NpgsqlBatch> BatchAsync(NpgsqlConnection connection, NpgsqlParameter[] parameters, string[] statements, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var sql in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(parameters.Select(static p => p.Clone()).ToArray());
            batch.BatchCommands.Add(command);
        }

        if (_prepare)
        {
            await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }

        return batch;
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return ownsSource ? source.DisposeAsync() : default;
    }
}

/// <summary>One attempt of a call.</summary>
internal sealed class Attempt
{
    /// <summary>Whether an earlier attempt may have been committed although its result was lost.</summary>
    public bool FollowsUncertain { get; init; }

    /// <summary>Whether a change that may be committed was sent to the server.</summary>
    public bool IsUncertain { get; set; }
}
