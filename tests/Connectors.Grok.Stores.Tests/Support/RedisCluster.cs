using System.Net.Sockets;
using Connectors.Grok.Redis;
using StackExchange.Redis;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>
/// A Redis Cluster for the tests: six servers, three of them replicas, with append-only files. It is created in a temporary folder, listens on
/// free loopback ports and is stopped at the end. Without an installed server, the tests that need it are skipped.
/// </summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private const int Masters = 3;
    private const int Slots = 16_384;
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly List<RedisServer> _servers = [];
    private int _prefixes;
    private Exception? _failure;
    private ConnectionMultiplexer? _connection;

    /// <summary>The addresses of all servers, as StackExchange.Redis reads them. Skips the test when no server is installed.</summary>
    public string ConnectionString
    {
        get
        {
            RedisServer.SkipWhenMissing();
            Assert.True(_failure is null, $"The installed Redis does not form a cluster: {_failure}");
            return string.Join(',', _servers.Select(static s => s.Address)) + ",abortConnect=false";
        }
    }

    /// <summary>A connection for all tests; made on first use.</summary>
    public IConnectionMultiplexer Connection => _connection ??= ConnectionMultiplexer.Connect(ConnectionString + ",allowAdmin=true");

    /// <summary>The servers. The first three were the masters at the start.</summary>
    public IReadOnlyList<RedisServer> Servers => _servers;

    /// <summary>Returns a key prefix that no other test uses.</summary>
    public string NewPrefix() => $"stores-{Environment.ProcessId}-{Interlocked.Increment(ref _prefixes)}:";

    /// <summary>Opens a store over a medium: <c>prefix|configuration</c>, or <c>prefix|configuration|number of replicas that must confirm</c>.</summary>
    public static RedisConversationStore Open(string medium) => medium.Split('|') switch
    {
        [var prefix, var configuration] => new(configuration, new() { KeyPrefix = prefix }),
        [var prefix, var configuration, var replicas] => new(configuration, new() { KeyPrefix = prefix, MinReplicas = int.Parse(replicas) }),
        _ => throw new ArgumentException("prefix|configuration", nameof(medium)),
    };

    /// <summary>Starts a cluster of one's own. Skips the test when no server is installed.</summary>
    public static async Task<RedisCluster> StartAsync()
    {
        RedisServer.SkipWhenMissing();
        var cluster = new RedisCluster();
        await cluster.InitializeAsync();
        return cluster;
    }

    public async ValueTask InitializeAsync()
    {
        if (!RedisServer.IsInstalled)
        {
            return;
        }

        try
        {
            await CreateAsync();
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or IOException or InvalidOperationException or SocketException or TimeoutException or OperationCanceledException)
        {
            // Reported by the tests that need the cluster.
            _failure = e;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Kills the master of a slot as <c>kill -9</c> does.</summary>
    /// <param name="slot">The slot; null for any master.</param>
    /// <returns>The killed server. Its replica is not promoted yet: <see cref="WaitUntilHealthyAsync"/>.</returns>
    public async Task<RedisServer> KillMasterAsync(int? slot = null)
    {
        var master = await MasterAsync(slot ?? Random.Shared.Next(Slots));
        await master.KillAsync();
        return master;
    }

    /// <summary>Kills the master that has a key of a pattern, once its replica has everything.</summary>
    public async Task<RedisServer> KillMasterOfAsync(string pattern)
    {
        var key = Connection.GetServers().Where(static s => !s.IsReplica).SelectMany(s => s.Keys(pattern: pattern)).First();
        var slot = Connection.HashSlot(key);
        var master = await MasterAsync(slot);
        var written = Number(await master.SendAsync("INFO replication"), "master_repl_offset");
        await UntilAsync(async () =>
        {
            var others = await Task.WhenAll(_servers.Where(s => s.IsRunning && s != master).Select(static s => s.SendAsync("INFO replication")));
            return others.Any(o => Number(o, "master_port") == master.Port && Number(o, "slave_repl_offset") >= written);
        });
        await master.KillAsync();
        return master;

        static long Number(string info, string name) =>
            info.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal)) is { } line ? long.Parse(line[(name.Length + 1)..]) : -1;
    }

    /// <summary>Moves the slot of a key of a pattern to another master. In the middle, some keys of the slot are there and some are not.</summary>
    public async Task MoveSlotAsync(string pattern, TimeSpan middle)
    {
        var first = Connection.GetServers().Where(static s => !s.IsReplica).SelectMany(s => s.Keys(pattern: pattern)).First();
        var slot = Connection.HashSlot(first);
        var from = await MasterAsync(slot);
        var to = await MasterAsync((slot + (Slots / 2)) % Slots);
        Assert.NotSame(from, to);
        await OkAsync(to, $"CLUSTER SETSLOT {slot} IMPORTING {await from.SendAsync("CLUSTER MYID")}");
        await OkAsync(from, $"CLUSTER SETSLOT {slot} MIGRATING {await to.SendAsync("CLUSTER MYID")}");
        await OkAsync(from, $"MIGRATE 127.0.0.1 {to.Port} {first} 0 5000");
        await Task.Delay(middle, TimeProvider.System);
        while ((string[]?)await Connection.GetServer(from.Address).ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 100) is { Length: > 0 } keys)
        {
            foreach (var key in keys)
            {
                await from.SendAsync($"MIGRATE 127.0.0.1 {to.Port} {key} 0 5000");
            }
        }

        var owner = await to.SendAsync("CLUSTER MYID");
        await OkAsync(to, $"CLUSTER SETSLOT {slot} NODE {owner}");
        await OkAsync(from, $"CLUSTER SETSLOT {slot} NODE {owner}");
    }

    /// <summary>Starts a killed server on its old files, and waits until the cluster is healthy with it.</summary>
    public async Task RestartAsync(RedisServer server)
    {
        await server.StartAsync();
        await WaitUntilHealthyAsync();
        await WaitForReplicasAsync();
    }

    /// <summary>Waits until every running server sees a running master for each slot.</summary>
    public Task WaitUntilHealthyAsync() => UntilAsync(async () =>
    {
        foreach (var server in _servers.Where(static s => s.IsRunning))
        {
            if (!(await server.SendAsync("CLUSTER INFO")).Contains("cluster_state:ok", StringComparison.Ordinal))
            {
                return false;
            }

            var running = ParseNodes(await server.SendAsync("CLUSTER NODES")).Where(static n => n.IsMaster && n.Slots.Count > 0).ToList();
            if (running.Sum(static n => n.Slots.Sum(static s => s.Last - s.First + 1)) != Slots || running.Exists(n => !_servers.Exists(s => s.Port == n.Port && s.IsRunning)))
            {
                return false;
            }
        }

        return true;
    });

    private async Task CreateAsync()
    {
        for (var i = 0; i < 2 * Masters; i++)
        {
            _servers.Add(new("cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 1500", "cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0"));
        }

        await Task.WhenAll(_servers.Select(static s => s.StartAsync()));
        for (var i = 0; i < Masters; i++)
        {
            await OkAsync(_servers[i], $"CLUSTER ADDSLOTSRANGE {Slots * i / Masters} {(Slots * (i + 1) / Masters) - 1}");
        }

        for (var i = 1; i < _servers.Count; i++)
        {
            await OkAsync(_servers[i], $"CLUSTER SET-CONFIG-EPOCH {i + 1}");
            await OkAsync(_servers[0], $"CLUSTER MEET 127.0.0.1 {_servers[i].Port}");
        }

        await UntilAsync(async () =>
        {
            var known = await Task.WhenAll(_servers.Select(static async s => ParseNodes(await s.SendAsync("CLUSTER NODES")).Count));
            return known.All(k => k == _servers.Count);
        });
        for (var i = 0; i < Masters; i++)
        {
            await OkAsync(_servers[Masters + i], $"CLUSTER REPLICATE {await _servers[i].SendAsync("CLUSTER MYID")}");
        }

        await WaitUntilHealthyAsync();
        await WaitForReplicasAsync();
    }

    /// <summary>Waits until each running replica is connected to its master.</summary>
    private Task WaitForReplicasAsync() => UntilAsync(async () =>
    {
        var states = await Task.WhenAll(_servers.Where(static s => s.IsRunning).Select(static s => s.SendAsync("INFO replication")));
        return states.All(static s => s.Contains("role:master", StringComparison.Ordinal) || s.Contains("master_link_status:up", StringComparison.Ordinal))
            && states.Count(static s => s.Contains("role:slave", StringComparison.Ordinal)) == _servers.Count(static s => s.IsRunning) - Masters;
    });

    private async Task<RedisServer> MasterAsync(int slot)
    {
        var nodes = ParseNodes(await _servers.First(static s => s.IsRunning).SendAsync("CLUSTER NODES"));
        var port = nodes.First(n => n.IsMaster && n.Slots.Exists(s => s.First <= slot && slot <= s.Last)).Port;
        return _servers.First(s => s.Port == port);
    }

    private static async Task OkAsync(RedisServer server, string command)
    {
        var answer = await server.SendAsync(command);
        Assert.True(answer == "OK", $"{command}: {answer}");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var guard = new CancellationTokenSource(Guard);
        while (!await IsTrueAsync())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, guard.Token);
        }

        async Task<bool> IsTrueAsync()
        {
            try
            {
                return await condition();
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The server is starting.
                return false;
            }
        }
    }

    // A line: id address@bus flags master ping pong epoch state slots...
    private static List<Node> ParseNodes(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static w => w.Length >= 8)
            .Select(static w => new Node(
                int.Parse(w[1].Split('@')[0].Split(':')[^1]),
                w[2].Contains("master", StringComparison.Ordinal) && !w[2].Contains("fail", StringComparison.Ordinal),
                [.. w.Skip(8).Where(static s => s[0] != '[').Select(static s => s.Split('-')).Select(static s => (int.Parse(s[0]), int.Parse(s[^1])))])),
    ];

    private sealed record Node(int Port, bool IsMaster, List<(int First, int Last)> Slots);
}
