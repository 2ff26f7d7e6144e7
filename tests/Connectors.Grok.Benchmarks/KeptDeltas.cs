using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>
/// What a caller keeps of a stream: an update for each delta, with its list, its content and its text, and the updates that hold a record. The floor makes only those.
/// </summary>
[MemoryDiagnoser]
public class KeptDeltas
{
    private readonly char[][] _words = [.. Enumerable.Range(0, StreamedDeltas.Deltas).Select(static i => Payloads.Word(i).ToCharArray())];
    private readonly byte[][] _records = [.. Payloads.Data(Payloads.Stream(StreamedDeltas.Deltas, 0), "response.created", "response.output_text.done", "response.completed")];
    private readonly TextDeltas _stream = new();

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok)];

    [Benchmark(Baseline = true)]
    public Task<Tally> Floor()
    {
        var (count, size) = (0, 0L);
        foreach (var word in _words)
        {
            var update = new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(new string(word))]) { ResponseId = Payloads.Id, MessageId = Payloads.Id };
            (count, size) = (count + update.Contents.Count, size + update.Text.Length);
        }

        foreach (var record in _records)
        {
            var update = new ChatResponseUpdate(ChatRole.Assistant, []) { RawRepresentation = JsonSerializer.Deserialize(record, WireJson.Context.ResponseEvent) };
            size += update.Contents.Count;
        }

        return Task.FromResult(new Tally(count, size));
    }

    [Benchmark]
    public Task<Tally> Grok() => _stream.Grok();
}
