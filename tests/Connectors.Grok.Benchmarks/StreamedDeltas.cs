using System.Net.ServerSentEvents;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Benchmarks;

/// <summary>One stream, read by a minimal reader, by the chat client, by the Responses client of the OpenAI package, and by its adapter.</summary>
[MemoryDiagnoser]
public abstract class StreamedDeltas
{
    public const int Deltas = 1000;

    private readonly HttpClient _bare;
    private readonly GrokChatClient _grok;
    private readonly ResponsesClient _peer;
    private readonly IChatClient _adapter;

    protected StreamedDeltas(byte[] events)
    {
        var transport = MemoryTransport.Events(events);
        _bare = transport.NewClient();
        _grok = transport.NewGrok();
        _peer = Peer.NewClient(transport.NewClient());
        _adapter = Peer.NewAdapter(transport.NewClient());
    }

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok), new(Side.OpenAI, OpenAI), new(Side.Adapter, Adapter)];

    [Benchmark(Baseline = true)]
    public abstract Task<Tally> Floor();

    [Benchmark]
    public abstract Task<Tally> Grok();

    [Benchmark]
    public abstract Task<Tally> OpenAI();

    [Benchmark]
    public abstract Task<Tally> Adapter();

    /// <summary>The floor: HttpClient, the SseParser of .NET, and a JSON reader that selects the delta.</summary>
    internal static async Task<Tally> ReadAsync(HttpClient client, HttpRequestMessage request, string type, Action? first = null)
    {
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var (count, size) = (0, 0L);
        await foreach (var item in SseParser.Create(stream, (_, data) => Delta(data, type)).EnumerateAsync())
        {
            if (item.Data is { Length: > 0 } text)
            {
                if (count++ == 0)
                {
                    first?.Invoke();
                }

                size += text.Length;
            }
        }

        return new Tally(count, size);
    }

    protected async Task<Tally> ReadAsync(string type)
    {
        using var request = MemoryTransport.BareRequest();
        return await ReadAsync(_bare, request, type);
    }

    protected Task<Tally> AskAsync(Func<AIContent, string?> text) => AskAsync(_grok, text);

    protected Task<Tally> AskAdapterAsync(Func<AIContent, string?> text) => AskAsync(_adapter, text);

    private static async Task<Tally> AskAsync(IChatClient client, Func<AIContent, string?> text)
    {
        var (count, size) = (0, 0L);
        await foreach (var update in client.GetStreamingResponseAsync("q"))
        {
            if (update.Contents.Count == 1 && text(update.Contents[0]) is { Length: > 0 } piece)
            {
                count++;
                size += piece.Length;
            }
        }

        return new Tally(count, size);
    }

    protected async Task<Tally> AskPeerAsync(Func<StreamingResponseUpdate, string?> text)
    {
        var (count, size) = (0, 0L);
        await foreach (var update in _peer.CreateResponseStreamingAsync(Peer.Question(isStreamed: true)))
        {
            if (text(update) is { Length: > 0 } piece)
            {
                count++;
                size += piece.Length;
            }
        }

        return new Tally(count, size);
    }

    private static string? Delta(ReadOnlySpan<byte> data, string type)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (!reader.ValueTextEquals(type))
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                return reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return null;
    }
}

/// <summary>A stream of 1,000 text deltas.</summary>
public class TextDeltas : StreamedDeltas
{
    public TextDeltas()
        : base(Payloads.Stream(Deltas, 0))
    {
    }

    public override Task<Tally> Floor() => ReadAsync("response.output_text.delta");

    public override Task<Tally> Grok() => AskAsync(static c => (c as TextContent)?.Text);

    public override Task<Tally> OpenAI() => AskPeerAsync(static u => (u as StreamingResponseOutputTextDeltaUpdate)?.Delta);

    public override Task<Tally> Adapter() => AskAdapterAsync(static c => (c as TextContent)?.Text);
}

/// <summary>A stream of 1,000 reasoning deltas.</summary>
public class ReasoningDeltas : StreamedDeltas
{
    public ReasoningDeltas()
        : base(Payloads.Stream(0, Deltas))
    {
    }

    public override Task<Tally> Floor() => ReadAsync("response.reasoning_summary_text.delta");

    public override Task<Tally> Grok() => AskAsync(static c => (c as TextReasoningContent)?.Text);

    public override Task<Tally> OpenAI() => AskPeerAsync(static u => (u as StreamingResponseReasoningSummaryTextDeltaUpdate)?.Delta);

    public override Task<Tally> Adapter() => AskAdapterAsync(static c => (c as TextReasoningContent)?.Text);
}
