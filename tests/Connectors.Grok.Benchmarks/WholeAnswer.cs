using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Benchmarks;

/// <summary>An answer of 20 kB from a single POST, with reasoning, searches, calls and citations.</summary>
[MemoryDiagnoser]
public class WholeAnswer
{
    private static readonly byte[] Json = Payloads.Answer();

    private readonly HttpClient _bare;
    private readonly GrokChatClient _grok;
    private readonly ResponsesClient _peer;
    private readonly IChatClient _adapter;

    public WholeAnswer()
    {
        var transport = MemoryTransport.Json(Json);
        _bare = transport.NewClient();
        _grok = transport.NewGrok(alwaysStream: false);
        _peer = Peer.NewClient(transport.NewClient());
        _adapter = Peer.NewAdapter(transport.NewClient());
    }

    public static int Bytes => Json.Length;

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok), new(Side.OpenAI, OpenAI), new(Side.Adapter, Adapter)];

    /// <summary>The floor: HttpClient, and the source-generated deserialisation of the same records.</summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        using var request = MemoryTransport.BareRequest();
        using var response = await _bare.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var answer = (await JsonSerializer.DeserializeAsync(stream, WireJson.Lenient.GrokResponse))!;
        return new Tally(answer.Output!.Count, ((OutputTextPart)answer.Output.OfType<MessageItem>().Single().Content![0]).Text!.Length);
    }

    [Benchmark]
    public Task<Tally> Grok() => AskAsync(_grok);

    [Benchmark]
    public async Task<Tally> OpenAI()
    {
        var response = (await _peer.CreateResponseAsync(Peer.Question())).Value;
        return new Tally(response.OutputItems.Count, response.OutputItems.OfType<MessageResponseItem>().Single().Content[0].Text.Length);
    }

    [Benchmark]
    public Task<Tally> Adapter() => AskAsync(_adapter);

    private static async Task<Tally> AskAsync(IChatClient client)
    {
        var response = await client.GetResponseAsync("q");
        return new Tally(response.Messages[0].Contents.Count, response.Messages[0].Contents.OfType<TextContent>().Single().Text.Length);
    }
}
