using System.Text;
using System.Text.Json;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Stores;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.ColdStart;

namespace Connectors.Grok.Benchmarks;

/// <summary>Runs each benchmark body once and checks its work, so that the benchmarks keep working.</summary>
public class BenchmarkBodyTests
{
    private const int StoreRows = 11;

    // A request may begin before the end of the answer before it has arrived.
    private const int MostConnections = 4;

    private static readonly Tally Deltas = new(1000, Payloads.Text(1000).Length);

    [Fact]
    public async Task Text_delta_benchmark_reads_every_delta()
    {
        var group = new TextDeltas();
        Assert.Equal(Deltas, await group.Floor());
        Assert.Equal(Deltas, await group.Grok());
        Assert.Equal(Deltas, await group.OpenAI());
        Assert.Equal(Deltas, await group.Adapter());
    }

    [Fact]
    public async Task Kept_delta_benchmark_makes_as_many_updates_as_the_stream()
    {
        var group = new KeptDeltas();
        Assert.Equal(Deltas, await group.Floor());
        Assert.Equal(Deltas, await group.Grok());
    }

    [Fact]
    public async Task Reasoning_delta_benchmark_reads_every_delta()
    {
        var group = new ReasoningDeltas();
        Assert.Equal(Deltas, await group.Floor());
        Assert.Equal(Deltas, await group.Grok());
        Assert.Equal(Deltas, await group.OpenAI());
        Assert.Equal(Deltas, await group.Adapter());
    }

    [Fact]
    public async Task Whole_answer_benchmark_reads_every_content()
    {
        var group = new WholeAnswer();
        var length = Payloads.Text(1600).Length;
        Assert.InRange(WholeAnswer.Bytes, 19_000, 22_000);
        // Each search is two contents: the call and its result.
        Assert.Equal(new Tally(11, length), await group.Grok());
        Assert.Equal(new Tally(8, length), await group.Floor());
        Assert.Equal(new Tally(8, length), await group.OpenAI());
        Assert.InRange((await group.Adapter()).Count, 5, 11);
    }

    [Fact]
    public async Task Whole_answer_from_a_stream_is_the_answer_of_a_single_POST()
    {
        var (single, streamed) = (new WholeAnswer(), new StreamedWholeAnswer());
        Assert.Equal(await single.Grok(), await streamed.Grok());
        Assert.Equal(await single.Floor(), await streamed.Floor());
        Assert.InRange(StreamedWholeAnswer.Bytes, 10 * WholeAnswer.Bytes, 40 * WholeAnswer.Bytes);
    }

    [Fact]
    public async Task History_request_benchmark_sends_the_full_history()
    {
        var group = new HistoryRequest();
        var floor = await group.Floor();
        Assert.InRange(floor.Size, 100_000, 400_000);
        Assert.Equal(floor, await group.Grok());
        Assert.InRange((await group.OpenAI()).Size, floor.Size, floor.Size * 1.2);
        Assert.InRange((await group.Adapter()).Size, floor.Size, floor.Size * 1.2);
    }

    [Fact]
    public async Task History_request_floor_writes_the_same_bytes_as_the_client()
    {
        var transport = new MemoryTransport(Payloads.Stream(1, 0), "text/event-stream") { Body = new MemoryStream() };
        var history = new LongHistory(60);
        using var expected = new MemoryStream();
        await using (var json = new Utf8JsonWriter(expected, LongHistory.WriterOptions))
        {
            history.Write(json);
        }

        await transport.NewGrok().GetResponseAsync(history.Messages, history.Options);
        Assert.Equal(Encoding.UTF8.GetString(expected.ToArray()), Encoding.UTF8.GetString(transport.Body.ToArray()));
    }

    [Fact]
    public async Task Stateful_turn_benchmark_completes_each_turn()
    {
        var group = new StatefulTurn();
        var length = Payloads.Text(StatefulTurn.Texts).Length;
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(length, (await group.Floor()).Size);
            Assert.Equal(new Tally(1, length), await group.Grok());
        }
    }

    [Fact]
    public async Task Kept_turn_benchmark_keeps_each_turn()
    {
        var (group, parent) = (new KeptTurn(), (string?)null);
        var text = Payloads.Text(StatefulTurn.Texts);
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(new Tally(1, text.Length), await group.Floor());
            Assert.Equal(new Tally(1, text.Length), await group.Grok());
            using var kept = JsonDocument.Parse(group.Head.Json);
            Assert.Equal(parent, kept.RootElement.GetProperty("parent").GetString());
            Assert.Equal(Payloads.Id, kept.RootElement.GetProperty("response_id").GetString());
            var contents = kept.RootElement.GetProperty("assistant").EnumerateArray().ToList();
            Assert.Equal([text], Texts("text"));
            Assert.Contains(Payloads.Text(StatefulTurn.Thoughts), Texts("reasoning"));
            Assert.Contains(Texts("protected"), static blob => blob?.Length > StatefulTurn.SealedBytes);
            parent = group.Head.Id;

            IEnumerable<string?> Texts(string member) => contents.Where(c => c.TryGetProperty(member, out _)).Select(c => c.GetProperty(member).GetString());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tool_loop_benchmark_runs_every_call(bool isStored)
    {
        await using ToolLoop group = isStored ? new StoredToolLoop() : new ResentToolLoop();
        var all = new Tally(ToolLoop.Calls, Payloads.Text(ToolLoop.Texts).Length);
        foreach (var body in group.Bodies)
        {
            Assert.Equal(all, await body.RunAsync());
        }

        // The instructions, the question and the tools go out with each request, the results once or in all later requests.
        Assert.InRange(group.Sent(Side.Grok), isStored ? 30_000 : 200_000, isStored ? 70_000 : 300_000);
        Assert.InRange(group.Sent(Side.Adapter), group.Sent(Side.Grok), group.Sent(Side.Grok) * 1.5);
        Assert.InRange(group.Connections(Side.Grok), 1, MostConnections);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    public async Task Recognition_benchmark_sends_the_new_message_only(int messages)
    {
        var group = new KnownHistory { Messages = messages };
        var floor = await group.Floor();
        Assert.InRange(floor.Count, messages * 600, messages * 1_000);
        for (var call = 0; call < 3; call++)
        {
            var grok = await group.Grok();
            Assert.Equal(messages, grok.Count);
            Assert.InRange(grok.Size, floor.Size, floor.Size + 100);
        }
    }

    [Fact]
    public async Task Rebuild_benchmark_sends_every_turn_each_time()
    {
        var group = new RebuiltConversation();
        var floor = await group.Floor();
        Assert.InRange(floor.Size, 2_000 * 400, 2_000 * 600);
        for (var call = 0; call < 2; call++)
        {
            var grok = await group.Grok();
            Assert.Equal(floor.Count, grok.Count);
            Assert.InRange(grok.Size, floor.Size, floor.Size + 1_000);
        }
    }

    [Fact]
    public async Task Many_streams_benchmark_reads_every_stream()
    {
        await using var group = new ManyStreams(streams: 20);
        var all = new Tally(20 * ManyStreams.Deltas, 20 * Payloads.Text(ManyStreams.Deltas).Length);
        Assert.Equal(all, await group.Floor());
        Assert.Equal(all, await group.Grok());
        Assert.Equal(all, await group.Grok());
    }

    [Fact]
    public async Task Cold_start_programs_read_every_delta()
    {
        await using var server = new LoopbackServer(Check.ColdStart.Deltas, isHeld: false);
        foreach (var answer in new[] { FloorReader.ReadAsync(server.Endpoint), GrokReader.ReadAsync(server.Endpoint), AdapterReader.ReadAsync(server.Endpoint) })
        {
            Assert.Equal(Payloads.Text(Check.ColdStart.Deltas), string.Concat(await answer.ToListAsync()));
        }
    }

    [Fact]
    public async Task Store_append_benchmark_appends_to_memory_and_SQLite()
    {
        var appended = new Tally(1, 4096);
        var memory = new MemoryAppend();
        await using var sqlite = new SqliteAppend();
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(appended, await memory.Grok());
            Assert.Equal(appended, await sqlite.Floor());
            Assert.Equal(appended, await sqlite.Grok());
        }
    }

    [Fact]
    public async Task Store_append_benchmark_appends_to_PostgreSQL()
    {
        await using var postgres = new PostgresAppend();
        await postgres.StartAsync();
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(new Tally(1, 4096), await postgres.Floor());
            Assert.Equal(new Tally(1, 4096), await postgres.Grok());
        }
    }

    [Fact]
    public async Task Store_benchmarks_do_their_work_in_SQLite()
    {
        await using var medium = new SqliteMedium();
        Assert.Equal(StoreRows, (await new StoreBenchmarks(medium, share: 0.002).RunAsync(static _ => { })).Count);
    }

    [Fact]
    public async Task Store_benchmarks_do_their_work_in_PostgreSQL()
    {
        await using var medium = await PostgresMedium.TryStartAsync();
        Assert.SkipWhen(medium is null, "No PostgreSQL server is installed.");
        Assert.Equal(StoreRows, (await new StoreBenchmarks(medium, share: 0.002).RunAsync(static _ => { })).Count);
    }
}
