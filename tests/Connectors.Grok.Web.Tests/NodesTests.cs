using System.Net;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Load;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>Two processes of the sample with one PostgreSQL.</summary>
public sealed class NodesTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Two_nodes_share_visitors_and_conversations()
    {
        var database = server.ConnectionString;
        await using var emulator = await GrokEmulator.StartAsync();
        await using var one = await Node.StartAsync(database, emulator.BaseAddress, LoadRun.NodeSettings);
        await using var two = await Node.StartAsync(database, emulator.BaseAddress, LoadRun.NodeSettings);
        using var here = new Visit(one.Address);
        var (id, _) = await here.AskAsync("My name is Alice.");
        using (var there = new Visit(two.Address, here.Cookies))
        {
            Assert.Equal(id, Assert.Single((await there.GetAsync("/api/conversations")).EnumerateArray()).GetProperty("id").GetString());
            Assert.Contains("Alice", (await there.AskAsync("What's my name?", id)).Text, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await here.ConversationAsync(id)).GetProperty("turns").GetArrayLength());
        using (var stranger = new Visit(two.Address))
        using (var response = await stranger.Http.GetAsync($"/api/conversations/{id}"))
        {
            await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        }

        var load = await new LoadRun(24, 4, TimeSpan.FromMilliseconds(400)).RunOnNodesAsync([one.Address, two.Address]);
        Assert.Empty(load.Errors);
        Assert.Equal(24 * 4, load.Answers);
        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Answers} answers, p99 {load.Percentile(99).Whole:F0} ms to the end.");
    }
}
