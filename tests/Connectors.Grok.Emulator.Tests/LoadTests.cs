using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Many concurrent and many consecutive requests over sockets against one emulator, and the memory retained afterwards.</summary>
[Collection("Load")]
public sealed class LoadTests
{
    private const int Responses = 5_000;
    private const int Streams = 500;
    private const long MaxRetainedBytes = 12L * 1024 * 1024;

    [Fact]
    public async Task Memory_returns_to_its_level_after_5000_chained_responses_are_deleted()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { MaxRecordedRequests = 100 });
        await ChainAsync(api, 50, delete: true);
        var before = LiveBytes();
        // One long chain, and many short ones: the emulator reads a chain to its beginning for each response.
        int[] lengths = [1_000, .. Enumerable.Repeat(100, 40)];
        var chains = await Task.WhenAll(lengths.Select(length => ChainAsync(api, length, delete: false)));
        Assert.Equal(Responses, api.Emulator.StoredResponses);
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", chains[0][^1]));
        var full = LiveBytes();
        foreach (var id in chains.SelectMany(chain => chain))
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Status);
        }

        Assert.Equal(1, api.Emulator.StoredResponses);
        var after = LiveBytes();
        Assert.InRange(after - before, long.MinValue, MaxRetainedBytes);
        Assert.True(full - after > 1024 * 1024, "The stored responses must use more than 1 MiB, or the limit on retained memory proves nothing.");
    }

    [Fact]
    public async Task Memory_returns_to_its_level_after_500_concurrent_streams_complete_and_expire()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time, MaxRecordedRequests = Streams });

        // The first wave opens the connections, so memory retained after the second wave belongs to the emulator.
        await WaveAsync(api);
        time.Advance(TimeSpan.FromDays(31));
        var before = LiveBytes();
        await WaveAsync(api);
        Assert.Equal(Streams, api.Emulator.StoredResponses);
        time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, api.Emulator.StoredResponses);
        Assert.InRange(LiveBytes() - before, long.MinValue, MaxRetainedBytes);
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

        // Every stream has started before the gate lets any of them end.
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

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
