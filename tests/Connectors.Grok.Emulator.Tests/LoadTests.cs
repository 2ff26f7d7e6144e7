using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Much at once and much in a row, over sockets, against one emulator; and what is left of it afterwards.</summary>
[Collection("Load")]
public sealed class LoadTests
{
    private const int Chains = 5;
    private const int Turns = 1_000;
    private const int Streams = 500;
    private const long Slack = 12L * 1024 * 1024;

    [Fact]
    public async Task Five_thousand_chained_requests_leave_nothing_behind_once_deleted()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { MaxRecordedRequests = 100 });
        await ChainAsync(api, 50, delete: true);
        var before = Live();
        var chains = await Task.WhenAll(Enumerable.Range(0, Chains).Select(_ => ChainAsync(api, Turns, delete: false)));
        Assert.Equal(Chains * Turns, api.Emulator.StoredResponses);
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", chains[^1][^1]));
        var full = Live();
        foreach (var id in chains.SelectMany(chain => chain))
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Status);
        }

        Assert.Equal(1, api.Emulator.StoredResponses);
        var after = Live();
        Assert.InRange(after - before, long.MinValue, Slack);
        Assert.True(full - after > 1024 * 1024, "The bound means nothing unless the responses took room.");
    }

    [Fact]
    public async Task Five_hundred_streams_at_once_all_end_well_and_expire()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time, MaxRecordedRequests = Streams });

        // The first wave opens the connections; what the second one leaves is the emulator's.
        await WaveAsync(api);
        time.Advance(TimeSpan.FromDays(31));
        var before = Live();
        await WaveAsync(api);
        Assert.Equal(Streams, api.Emulator.StoredResponses);
        time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, api.Emulator.StoredResponses);
        Assert.InRange(Live() - before, long.MinValue, Slack);
    }

    private static async Task WaveAsync(Api api)
    {
        var gate = new ReplyGate();
        var script = api.Emulator.Script;
        script.Clear();
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rule = script.When(_ =>
        {
            if (Interlocked.Increment(ref arrived) == Streams)
            {
                all.SetResult();
            }

            return true;
        });
        rule.Always(reply => reply.Reasoning("Thinking.").Text("One two").Hold(gate).Text(" three."));
        var streams = Enumerable.Range(0, Streams).Select(_ => api.StreamAsync("""{"model":"grok-4.6","input":"Hello","stream":true}""")).ToList();

        // All of them are under way at once before any may end.
        await all.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(streams, stream => stream.IsCompleted);
        gate.Release();
        foreach (var events in await Task.WhenAll(streams))
        {
            Assert.Equal("response.completed", events[^1].Type);
            Assert.Equal(Enumerable.Range(0, events.Count), events.Select(streamed => streamed.Json.GetProperty("sequence_number").GetInt32()));
        }
    }

    private static async Task<List<string>> ChainAsync(Api api, int turns, bool delete)
    {
        var ids = new List<string> { Api.IdOf(await api.SayAsync("My name is Alice.")) };
        while (ids.Count < turns)
        {
            ids.Add(Api.IdOf(await api.SayAsync($"{ids.Count} + 1", ids[^1], "grok-4.20-non-reasoning")));
        }

        foreach (var id in delete ? ids : [])
        {
            await api.SendAsync(HttpMethod.Delete, $"/responses/{id}");
        }

        return ids;
    }

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
