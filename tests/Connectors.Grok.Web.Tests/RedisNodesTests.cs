using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Load;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>Two processes of the sample with one Redis Cluster.</summary>
public sealed class RedisNodesTests
{
    [Fact]
    public async Task Conversation_continues_on_another_node_while_the_master_that_holds_it_is_killed()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var emulator = await GrokEmulator.StartAsync();
        await using var one = await Node.StartAsync(cluster.ConnectionString, emulator.BaseAddress, LoadRun.NodeSettings);
        await using var two = await Node.StartAsync(cluster.ConnectionString, emulator.BaseAddress, LoadRun.NodeSettings);
        using var here = new Visit(one.Address);
        using var there = new Visit(two.Address, here.Cookies);
        var (id, _) = await here.AskAsync("My name is Alice.");

        // No replica is promoted yet when the other node is asked.
        var killed = await cluster.KillMasterOfAsync("grok:*:t");
        Assert.Contains("Alice", (await there.AskAsync("What's my name?", id)).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await here.ConversationAsync(id)).GetProperty("turns").GetArrayLength());
        Assert.Equal(id, Assert.Single((await here.GetAsync("/api/conversations")).EnumerateArray()).GetProperty("id").GetString());

        await cluster.RestartAsync(killed);
        Assert.Contains("Alice", (await here.AskAsync("What's my name?", id)).Text, StringComparison.Ordinal);
        Assert.Equal(3, (await there.ConversationAsync(id)).GetProperty("turns").GetArrayLength());
    }
}
