using System.Net.ServerSentEvents;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>The answer of <see cref="WholeAnswer"/>, which the client requests as a stream and returns as a whole. The OpenAI package and its adapter have no such call.</summary>
[MemoryDiagnoser]
public class StreamedWholeAnswer
{
    private static readonly byte[] Events = Payloads.AnswerStream();

    private readonly HttpClient _bare;
    private readonly GrokChatClient _grok;

    public StreamedWholeAnswer()
    {
        var transport = MemoryTransport.Events(Events);
        _bare = transport.NewClient();
        _grok = transport.NewGrok();
    }

    public static int Bytes => Events.Length;

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok)];

    /// <summary>The floor: HttpClient, the SseParser of .NET, and the source-generated deserialisation of the last event.</summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        using var request = MemoryTransport.BareRequest();
        using var response = await _bare.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        GrokResponse? answer = null;
        await foreach (var item in SseParser.Create(stream, static (type, data) => type == "response.completed" ? JsonSerializer.Deserialize(data, WireJson.Lenient.ResponseEvent) : null).EnumerateAsync())
        {
            answer = (item.Data as LifecycleEvent)?.Response ?? answer;
        }

        return new Tally(answer!.Output!.Count, ((OutputTextPart)answer.Output.OfType<MessageItem>().Single().Content![0]).Text!.Length);
    }

    [Benchmark]
    public async Task<Tally> Grok()
    {
        var response = await _grok.GetResponseAsync("q");
        return new Tally(response.Messages[0].Contents.Count, response.Messages[0].Contents.OfType<TextContent>().Single().Text.Length);
    }
}
