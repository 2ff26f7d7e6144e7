using System.Globalization;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>
/// Waits until replicas have the changes of a call. WAIT blocks the connection it is sent on, so it has one of its own. On that connection,
/// a script first checks that the server still has the change, because a failover may have put another server in its place, and writes
/// once; WAIT then covers this write and everything before it in the server's stream to its replicas.
/// </summary>
internal sealed class ReplicaWait(Func<ConfigurationOptions> configuration, int count, TimeSpan timeout) : IAsyncDisposable, IDisposable
{
    private const string ConfirmValue = "if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end redis.call('SET', KEYS[2], '1', 'PX', 60000) return 1";
    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(5);

    private readonly SharedConnection _connection = new(() =>
    {
        var options = configuration();
        options.AbortOnConnectFail = false;
        options.AsyncTimeout = (int)Math.Min((timeout + Spare).TotalMilliseconds, int.MaxValue);
        return ConnectionMultiplexer.ConnectAsync(options);
    });

    /// <exception cref="Conversations.ConversationStoreException">Too few replicas confirmed the changes in time.</exception>
    public async Task WaitAsync(RedisSession session, CancellationToken cancellationToken)
    {
        if (session.Attempt.Confirmations.Count == 0)
        {
            return;
        }

        try
        {
            var connection = await _connection.GetAsync(cancellationToken).ConfigureAwait(false);
            var changes = await Task.WhenAll(session.Attempt.Confirmations.Select(async change => (Server: await FindAsync(connection, session, change).ConfigureAwait(false), Change: change)))
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(changes.GroupBy(static c => c.Server.EndPoint, static c => c).Select(g => WaitAsync(g.First().Server, session, [.. g.Select(static c => c.Change)])))
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or ArgumentException)
        {
            throw RedisErrors.NotReplicated("the connection that waits for replicas failed", e);
        }
    }

    public void Dispose() => _connection.Dispose();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<IServer> FindAsync(ConnectionMultiplexer connection, RedisSession session, Confirmation change)
    {
        var endpoint = await session.Database.IdentifyEndpointAsync(session.Keys.Waiting(change.Slot), CommandFlags.DemandMaster).ConfigureAwait(false)
            ?? throw new RedisException("No server has the slot.");
        if (!connection.GetEndPoints().Contains(endpoint))
        {
            // The server joined the cluster after this connection was made.
            await connection.ConfigureAsync().ConfigureAwait(false);
        }

        return connection.GetServer(endpoint);
    }

    private async Task WaitAsync(IServer server, RedisSession session, List<Confirmation> changes)
    {
        // Sent in a row on one connection: what the commands before WAIT wrote is what it waits for.
        var id = server.ExecuteAsync("CLIENT", "ID");
        var confirmed = Task.WhenAll(changes.ConvertAll(c => server.ExecuteAsync("EVAL", Arguments(session, c))));
        var replicas = server.ExecuteAsync("WAIT", count, (long)timeout.TotalMilliseconds);
        var idAfter = server.ExecuteAsync("CLIENT", "ID");
        if (Array.Exists(await confirmed.ConfigureAwait(false), static c => (int)c == 0))
        {
            throw RedisErrors.NotReplicated("the server that holds it now does not have it, or changed it again");
        }

        var reached = (int)await replicas.ConfigureAwait(false);
        if (reached < count)
        {
            throw RedisErrors.NotReplicated(string.Create(CultureInfo.InvariantCulture, $"{reached} of {count} replicas confirmed it within {timeout.TotalMilliseconds} ms"));
        }

        if ((long)await id.ConfigureAwait(false) != (long)await idAfter.ConfigureAwait(false))
        {
            throw RedisErrors.NotReplicated("the connection that waits for replicas broke");
        }
    }

    private static object[] Arguments(RedisSession session, Confirmation change) => change.Kind == "value"
        ? [ConfirmValue, 2, (RedisKey)change.Key, session.Keys.Waiting(change.Slot), change.Token]
        : [RedisScripts.Confirm, 4, .. session.Keys.Tree(change.Slot).Cast<object>(), session.Keys.Waiting(change.Slot), change.Kind, change.Key, change.Token, change.Time];
}
