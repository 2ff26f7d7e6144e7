using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>Opens connections and runs calls, with retries after transient failures.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source, PostgresConversationStoreOptions options, bool ownsSource) : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly int _maxRetries = options.MaxRetries;
    private readonly PostgresSchema _schema = new(options.Schema);
    private readonly PostgresConnections _connections = new(source);
    private volatile bool _prepares = options.Prepare;
    private volatile bool _isReady;
    private volatile bool _isDisposed;

    public PostgresSql Sql => _schema.Sql;

    public TimeProvider Time { get; } = options.TimeProvider;

    /// <summary>Creates a data source for the store alone.</summary>
    public static NpgsqlDataSource CreateSource(string connectionString) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        // A turn that was acknowledged stays, whatever becomes of a transaction of the caller.
        Enlist = false,

        // The store changes nothing of a session, so there is nothing to reset.
        NoResetOnClose = true,
    });

    /// <summary>Runs a call, and retries it after a serialization conflict, a broken or a read-only connection.</summary>
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
                var (isBroken, isReadOnly) = (PostgresErrors.IsBroken(e), PostgresErrors.IsReadOnly(e));
                wasUncertain |= attempt.IsUncertain && (isBroken || e.InnerException is TimeoutException);
                if (isReadOnly)
                {
                    _connections.Replace();
                }

                var canRetry = isReadOnly || PostgresErrors.IsSerializationConflict(e) || PostgresErrors.IsForeignKeyConflict(e) || (isBroken && (isRepeatable || !attempt.IsUncertain));
                if (!canRetry || retries >= _maxRetries)
                {
                    throw await ExplainAsync(e, wasUncertain, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Allows the next call to create the schema although there was one.</summary>
    public void AllowCreation() => _isReady = false;

    /// <summary>Throws when the schema does not have the version of this build.</summary>
    public void Require(int? version) => _schema.Require(version);

    /// <summary>Opens a connection; creates or migrates the schema first if needed.</summary>
    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(PostgresConversationStore));
        var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                _prepares = await PostgresConnections.CanPrepareAsync(connection, options.Prepare, cancellationToken).ConfigureAwait(false);
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
        if (_prepares)
        {
            // Costs one round trip per statement and pooled connection.
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }

        return command;
    }

    public void Dispose()
    {
        _isDisposed = true;
        if (ownsSource)
        {
            source.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return ownsSource ? source.DisposeAsync() : default;
    }

    /// <summary>The error for the caller. When tables are missing, a newer build may have upgraded them, or somebody dropped them.</summary>
    private async Task<ConversationStoreException> ExplainAsync(NpgsqlException error, bool isUncertain, CancellationToken cancellationToken)
    {
        if (PostgresErrors.IsMissing(error))
        {
            try
            {
                var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    _schema.Require(await _schema.VersionAsync(connection, cancellationToken).ConfigureAwait(false));
                    return PostgresErrors.DroppedSchema(options.Schema);
                }
            }
            catch (ConversationStoreException e)
            {
                return e;
            }
            catch (NpgsqlException)
            {
                // The first error says more.
            }
        }

        return PostgresErrors.Explain(error, isUncertain, source is NpgsqlMultiHostDataSource);
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
