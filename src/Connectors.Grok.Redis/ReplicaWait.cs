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
    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(5);

    private readonly Lazy<Task<ConnectionMultiplexer>> _connection = new(() =>
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
            var connection = await _connection.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(session.Attempt.Confirmations.Select(c => WaitAsync(connection, session, c))).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            throw RedisErrors.NotReplicated("the connection that waits for replicas failed", e);
        }
    }

    public void Dispose()
    {
        if (_connection is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            _connection.Value.GetAwaiter().GetResult().Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _connection.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(ConnectionMultiplexer connection, RedisSession session, Confirmation change)
    {
        var waiting = session.Keys.Waiting(change.Slot);
        var endpoint = await session.Database.IdentifyEndpointAsync(waiting, CommandFlags.DemandMaster).ConfigureAwait(false)
            ?? throw new RedisException("No server has the slot.");
        var server = connection.GetServer(endpoint);
        var number = change.Kind == "value" ? 1 : 4;
        object[] arguments = change.Kind == "value"
            ? [ConfirmValue, 2, (RedisKey)change.Key, waiting, change.Token]
            : [RedisScripts.Confirm, number, .. session.Keys.Tree(change.Slot).Cast<object>(), waiting, change.Kind, change.Key, change.Token, change.Time];

        // Sent in a row on one connection: what the first command wrote is what the second one waits for.
        var id = server.ExecuteAsync("CLIENT", "ID");
        var confirmed = server.ExecuteAsync("EVAL", arguments);
        var replicas = server.ExecuteAsync("WAIT", count, (long)timeout.TotalMilliseconds);
        var idAfter = server.ExecuteAsync("CLIENT", "ID");
        if ((int)await confirmed.ConfigureAwait(false) == 0)
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

    private const string ConfirmValue = "if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end redis.call('SET', KEYS[2], '1', 'PX', 60000) return 1";
}
