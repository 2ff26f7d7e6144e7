using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>
/// Stores conversations on Redis Cluster, or on a single Redis server, shared by any number of nodes. Safe for concurrent use; create one
/// store per process, and dispose it when the application stops.
/// </summary>
/// <remarks>
/// <para>
/// Layout. A tree of turns, with the records of the names that point into it, is one hash and one index on one slot: a fork is stored with
/// the turns it shares. One script on that slot checks the head, adds a turn and moves the name. Small keys on slots of their own lead
/// there: from a name to its tree, and from a turn to its tree. They are written first, or point to what is not there yet; readers verify
/// them. The lists of conversations are indexes, which readers verify and repair. Ids can have any length: keys hold the SHA-256 hash of
/// tenant and id.
/// </para>
/// <para>
/// Redis promises less than PostgreSQL: a master acknowledges a change before its replicas have it, so a failover can lose what was
/// acknowledged shortly before. <see cref="RedisConversationStoreOptions.MinReplicas"/> makes the call wait for replicas. Calls are retried
/// while the cluster fails over; a turn is never stored twice, because each call has a token that its turn carries. Every method throws
/// <see cref="ConversationStoreException"/> when the cluster is down, read-only, out of memory or too slow; the message says what to do.
/// </para>
/// </remarks>
public sealed partial class RedisConversationStore : ConversationStore, IAsyncDisposable, IDisposable
{
    // Scripts run one at a time on a server, so each reads and writes a bounded number of turns.
    private const int TurnsPerScript = 500;

    private readonly RedisConnection _connection;
    private readonly TurnClaims _claims = new(new());

    /// <summary>Creates a store over the servers of a configuration. The first call connects.</summary>
    /// <param name="configuration">The servers and settings, as StackExchange.Redis reads them. Some of the cluster's servers are enough.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="configuration"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="configuration"/> is not valid, or an option is out of range.</exception>
    public RedisConversationStore(string configuration, RedisConversationStoreOptions? options = null) => _connection = new(configuration, Validate(options));

    /// <summary>Creates a store over a connection, which the store does not dispose.</summary>
    /// <param name="connection">The connection. With <see cref="RedisConversationStoreOptions.MinReplicas"/>, the store makes a second one from its <see cref="IConnectionMultiplexer.Configuration"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public RedisConversationStore(IConnectionMultiplexer connection, RedisConversationStoreOptions? options = null) =>
        _connection = new(connection ?? throw new ArgumentNullException(nameof(connection)), Validate(options));

    private RedisKeys Keys => _connection.Keys;

    /// <summary>Connects now instead of with the first call, and checks the version of the stored format.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the store is ready.</returns>
    /// <exception cref="ConversationStoreException">The servers cannot be reached, or hold a newer format.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public override async ValueTask InitializeAsync(CancellationToken cancellationToken = default) =>
        await _connection.RunAsync(static async session =>
        {
            await session.CheckVersionAsync(writesMissing: true).ConfigureAwait(false);
            return true;
        }, isRepeatable: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Checks that keys of the cluster can be written to now, without changing one: on every master, unless an unusual number of masters leaves one out.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they can.</returns>
    /// <exception cref="ConversationStoreException">They cannot; the message says why.</exception>
    public override async ValueTask CheckAsync(CancellationToken cancellationToken = default) =>
        await _connection.RunAsync(static async session =>
        {
            await session.CheckVersionAsync(writesMissing: false).ConfigureAwait(false);

            // Writing no bytes to a key that does not exist changes nothing, but a server without memory, disk or replicas rejects it.
            await Task.WhenAll(Enumerable.Range(0, RedisKeys.AgeBuckets).Select(b =>
                session.WaitAsync(session.Database.StringSetRangeAsync(session.Keys.Probe(b), 0, "", CommandFlags.DemandMaster)))).ConfigureAwait(false);
            return true;
        }, isRepeatable: true, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _connection.RunAsync(async session => (await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false)).Record?.Info, isRepeatable: true, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        var turn = RedisKeys.Hash(tenant, turnId);
        return _connection.RunAsync(
            async session => await _claims.InTreeAsync(session, turn, tree => ReadPathAsync(session, tree, turn)).ConfigureAwait(false) ?? (IReadOnlyList<ConversationTurn>)[],
            isRepeatable: true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        var turn = RedisKeys.Hash(tenant, turnId);
        return _connection.RunAsync(
            session => _claims.InTreeAsync(session, turn, async tree => (await session.TurnsAsync(tree, [turn]).ConfigureAwait(false))[0]),
            isRepeatable: true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _connection.RunAsync(async session =>
        {
            var (place, record) = await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false);
            return record is null ? [] : await ReadTreeAsync(session, place!.Value, record).ConfigureAwait(false);
        }, isRepeatable: true, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetOutlineAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _connection.RunAsync(async session =>
        {
            var (place, record) = await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false);
            return record is null ? [] : await ReadTreeAsync(session, place!.Value, record, hasContents: false).ConfigureAwait(false);
        }, isRepeatable: true, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> SetTitleAsync(ConversationId id, string? title, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(title);
        return _connection.RunAsync(async session =>
        {
            while (await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false) is { Place: { } place, Record: not null })
            {
                var answer = (string?)await session.ChangeAsync(RedisScripts.Title, Keys.Tree(place.Tree), place.Instance, title ?? "").ConfigureAwait(false);
                if (answer != "moved")
                {
                    return answer == "ok";
                }
            }

            return false;
        }, isRepeatable: true, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _connection.RunAsync(async session =>
        {
            var (place, record) = await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false);
            var (own, shared) = (ConversationTotals.None, ConversationTotals.None);
            foreach (var (_, rows, instances) in record is null ? [] : await ReadRowsAsync(session, place!.Value, record).ConfigureAwait(false))
            {
                foreach (var row in rows.Values)
                {
                    (own, shared) = instances.Contains(row.Owner) ? (Sum(own, row.Totals), shared) : (own, Sum(shared, row.Totals));
                }
            }

            return new ConversationUsage { Own = own, Shared = shared };
        }, isRepeatable: true, cancellationToken);
    }

    /// <summary>Closes the connections that the store made.</summary>
    /// <returns>A task that completes when they are closed.</returns>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Closes the connections that the store made, without waiting for calls that run.</summary>
    public void Dispose() => _connection.Dispose();

    private static RedisConversationStoreOptions Validate(RedisConversationStoreOptions? options)
    {
        options ??= new();
        ArgumentNullException.ThrowIfNull(options.KeyPrefix, nameof(options));
        StoreGuards.Check(options.KeyPrefix, nameof(options));
        if (options.KeyPrefix.AsSpan().IndexOfAny('{', '}') >= 0)
        {
            throw new ArgumentException("KeyPrefix must not contain braces: Redis Cluster places keys by what stands in braces.", nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.MinReplicas, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReplicaTimeout, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ReplicaTimeout, TimeSpan.FromDays(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RetryTimeout, TimeSpan.Zero, nameof(options));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        return options;
    }

    private static ConversationTotals Sum(ConversationTotals a, ConversationTotals b) => new()
    {
        TurnCount = a.TurnCount + b.TurnCount,
        InputTokens = a.InputTokens + b.InputTokens,
        OutputTokens = a.OutputTokens + b.OutputTokens,
        CachedInputTokens = a.CachedInputTokens + b.CachedInputTokens,
        CacheSavingsInUsdTicks = a.CacheSavingsInUsdTicks + b.CacheSavingsInUsdTicks,
        CostInUsdTicks = a.CostInUsdTicks + b.CostInUsdTicks,
    };
}
