using System.Collections.Concurrent;
using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>The store while its server, which only these tests use, crashes and restarts.</summary>
public sealed class PostgresRestartTests(PostgresServer own) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Crashed_server_loses_no_acknowledged_turn_and_stores_no_partial_turn()
    {
        await using var store = PostgresServer.Open($"crash|{own.ConnectionString}");
        await store.InitializeAsync();
        var acknowledged = new ConcurrentBag<string>();
        var crashCount = 3;
        var enough = false;
        var writers = Enumerable.Range(0, 6).Select(w => Task.Run(() => WriteAsync(store, $"w{w}-", acknowledged, () => Volatile.Read(ref enough)))).ToList();
        for (var crash = 1; crash <= crashCount; crash++)
        {
            var goal = acknowledged.Count + 40;
            while (acknowledged.Count < goal && !writers.Exists(static w => w.IsFaulted))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            await own.CrashAsync();
        }

        Volatile.Write(ref enough, true);
        await Task.WhenAll(writers);
        foreach (var writer in Enumerable.Range(0, 6))
        {
            ConversationId id = new("", $"w{writer}-");
            var path = await store.GetPathAsync("", (await store.FindAsync(id))!.Head!);
            Assert.Equal(Enumerable.Range(0, path.Count).Select(i => $"w{writer}-{i}"), path.Select(static t => t.Id));
            Assert.Equal(path.Count, acknowledged.Count(a => a.StartsWith(id.Name, StringComparison.Ordinal)));
        }
    }

    /// <summary>Appends turns until told to stop; after a failure it reads the stored state, as the exception message says.</summary>
    private static async Task WriteAsync(PostgresConversationStore store, string name, ConcurrentBag<string> acknowledged, Func<bool> isEnough)
    {
        for (var i = 0; !isEnough(); i++)
        {
            while (true)
            {
                try
                {
                    var head = (await store.FindAsync(new("", name)))?.Head;
                    if (head == $"{name}{i}" || await store.AppendAsync(new("", name), SomeTurns.Turn($"{name}{i}", head, i), head))
                    {
                        acknowledged.Add($"{name}{i}");
                        break;
                    }

                    Assert.Fail("No other writer appends to this conversation.");
                }
                catch (ConversationStoreException e)
                {
                    Assert.True(e.IsTransient, e.ToString());
                }
            }
        }
    }
}
