using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>Connections from the pool, and calls made again after what is nobody's fault.</summary>
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

    /// <summary>Makes a call, and again after a collision or a broken connection.</summary>
    /// <param name="work">The call. It marks the attempt when it asks the server to change something for good.</param>
    /// <param name="isRepeatable">Whether the call can tell that an attempt of unknown outcome did happen.</param>
    /// <param name="cancellationToken">Ends the call.</param>
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
                // A caller who cancels sees that, whatever it broke.
                cancellationToken.ThrowIfCancellationRequested();
                var isBroken = PostgresErrors.IsBroken(e);
                wasUncertain |= attempt.IsUncertain && (isBroken || e.InnerException is TimeoutException);
                var again = PostgresErrors.IsCollision(e) || PostgresErrors.IsTorn(e) || (isBroken && (isRepeatable || !attempt.IsUncertain));
                if (!again || retries >= _maxRetries)
                {
                    throw PostgresErrors.Explain(e, wasUncertain);
                }
            }

            var pause = FirstPause * Math.Pow(2, Math.Min(retries, 4)) * (0.5 + Random.Shared.NextDouble());
            await Task.Delay(pause, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An open connection to an existing or now created schema.</summary>
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
            // Costs a round trip once per connection of the pool, nothing after that.
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
    /// <summary>Whether an earlier attempt may have happened without our hearing of it.</summary>
    public bool FollowsUncertain { get; init; }

    /// <summary>Whether the server was asked to change something for good.</summary>
    public bool IsUncertain { get; set; }
}
