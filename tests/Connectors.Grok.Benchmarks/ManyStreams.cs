using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>1,000 streams of 200 deltas at once over loopback, with the server in the same process.</summary>
[MemoryDiagnoser]
public class ManyStreams : IAsyncDisposable
{
    public const int Deltas = 200;

    private readonly int _streams;
    private readonly LoopbackServer _server = new(Deltas);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly GrokChatClient _grok;

    public ManyStreams()
        : this(1000)
    {
    }

    internal ManyStreams(int streams)
    {
        _streams = streams;
        _grok = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = _server.Endpoint }, _client);
    }

    /// <summary>The floor: a minimal reader of each stream.</summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor() => (await RunAsync(ReadAsync)).Tally;

    [Benchmark]
    public async Task<Tally> Grok() => (await RunAsync(AskAsync)).Tally;

    internal Task<ManyStreamsRun> RunFloorAsync() => RunAsync(ReadAsync);

    internal Task<ManyStreamsRun> RunGrokAsync() => RunAsync(AskAsync);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        _grok.Dispose();
        _client.Dispose();
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens all streams up to their first delta, measures the held memory, and reads them to their end.</summary>
    private async Task<ManyStreamsRun> RunAsync(Func<Action, Task<Tally>> stream)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var missing = _streams;
        var allOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var streams = Enumerable.Range(0, _streams).Select(_ => stream(() =>
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                allOpen.SetResult();
            }
        })).ToList();
        await Task.WhenAny(allOpen.Task, Task.WhenAll(streams));
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        var watch = Stopwatch.StartNew();
        _server.LetGo();
        var tallies = await Task.WhenAll(streams);
        return new(new Tally(tallies.Sum(static t => t.Count), tallies.Sum(static t => t.Size)), watch.Elapsed.TotalMicroseconds, held / (double)_streams);
    }

    private async Task<Tally> ReadAsync(Action opened)
    {
        using var request = MemoryTransport.BareRequest(_server.Endpoint);
        return await StreamedDeltas.ReadAsync(_client, request, "response.output_text.delta", opened);
    }

    private async Task<Tally> AskAsync(Action opened)
    {
        var (count, size) = (0, 0L);
        await foreach (var update in _grok.GetStreamingResponseAsync("q"))
        {
            if (update.Contents is [TextContent { Text.Length: > 0 } text])
            {
                if (count++ == 0)
                {
                    opened();
                }

                size += text.Text.Length;
            }
        }

        return new Tally(count, size);
    }
}

/// <summary>The result of a run.</summary>
/// <param name="Tally">The deltas of all streams.</param>
/// <param name="Microseconds">The time from the opening of the last stream to the end of all streams.</param>
/// <param name="Held">Bytes held per open stream, including those of the server; measured in the first run, before pools are filled.</param>
internal sealed record ManyStreamsRun(Tally Tally, double Microseconds, double Held);
