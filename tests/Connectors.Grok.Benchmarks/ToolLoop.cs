using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Benchmarks;

/// <summary>A question that takes 20 function calls, one after the other, through Microsoft's function invocation and over loopback: 21 requests with streamed answers.</summary>
[MemoryDiagnoser]
public abstract class ToolLoop : IAsyncDisposable
{
    public const int Calls = 20;

    /// <summary>The words of the last answer.</summary>
    public const int Texts = 50;

    private const int Functions = 5;
    private const int ResultWords = 200;
    private const string Function = "tool_1";
    private const string Instructions = "You are the assistant of a travel agency. Look up the weather of each day before you recommend a trip, and answer in a few words.";
    private const string Question = "Which of the next twenty days is the best one for a trip to Oslo?";

    private static readonly string Result = Payloads.Text(ResultWords);

    private readonly bool _isStored;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly Dictionary<Side, CannedServer> _servers = new[] { Side.Floor, Side.Grok, Side.Adapter }.ToDictionary(static s => s, static _ => NewServer());
    private readonly IChatClient _grok;
    private readonly IChatClient _adapter;
    private readonly ChatOptions _options;
    private List<byte[]>? _bodies;
    private int _runs;

    protected ToolLoop(bool isStored)
    {
        _isStored = isStored;
        _options = new ChatOptions
        {
            Instructions = Instructions,
            Tools = [.. Enumerable.Range(0, Functions).Select(i => AIFunctionFactory.Create(LookUp, $"tool_{i}"))],
            RawRepresentationFactory = client => isStored || client is GrokChatClient ? null : new CreateResponseOptions { StoredOutputEnabled = false },
        };
        _grok = WithFunctions(NewGrok(_client, _servers[Side.Grok]));
        _adapter = WithFunctions(Peer.NewAdapter(_client, _servers[Side.Adapter].Endpoint));
    }

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok), new(Side.Adapter, Adapter)];

    /// <summary>The connections that were opened.</summary>
    internal int Connections(Side side) => _servers[side].Connections;

    /// <summary>The bytes that were sent.</summary>
    internal long Sent(Side side) => _servers[side].Received;

    /// <summary>The floor: HttpClient sends the bodies of this client, and a minimal reader reads the answers.</summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        _bodies ??= await RecordAsync();
        var (endpoint, size) = (_servers[Side.Floor].Endpoint, 0L);
        for (var i = 0; i < _bodies.Count; i++)
        {
            using var request = MemoryTransport.BareRequest(endpoint, _bodies[i]);
            var answer = await StreamedDeltas.ReadAsync(_client, request, i < Calls ? "response.function_call_arguments.delta" : "response.output_text.delta");
            size += i < Calls ? 0 : answer.Size;
        }

        return new Tally(_bodies.Count - 1, size);
    }

    [Benchmark]
    public Task<Tally> Grok() => AskAsync(_grok);

    [Benchmark]
    public Task<Tally> Adapter() => AskAsync(_adapter);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        _grok.Dispose();
        _adapter.Dispose();
        _client.Dispose();
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private static CannedServer NewServer() => new(
    [
        .. Enumerable.Range(0, Calls).Select(static i => Payloads.CallStream(i, Function, $$"""{"city":"Oslo","days":{{i}}}""")),
        Payloads.Stream(Texts, 0),
    ]);

    private GrokChatClient NewGrok(HttpClient client, CannedServer server) =>
        new(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = server.Endpoint, Store = _isStored ? null : false }, client);

    private static IChatClient WithFunctions(IChatClient client) => client.AsBuilder().UseFunctionInvocation().Build();

    private async Task<Tally> AskAsync(IChatClient client)
    {
        _runs = 0;
        var size = 0L;
        await foreach (var update in client.GetStreamingResponseAsync(Question, _options))
        {
            size += update.Text.Length;
        }

        return new Tally(_runs, size);
    }

    [Description("Looks up the weather of a city.")]
    private string LookUp([Description("The city.")] string city, [Description("In how many days.")] int days)
    {
        _runs++;
        return Result;
    }

    /// <summary>The bodies that this client sends.</summary>
    private async Task<List<byte[]>> RecordAsync()
    {
        var recorder = new Recorder(new SocketsHttpHandler { UseProxy = false });
        using var client = new HttpClient(recorder);
        using var grok = WithFunctions(NewGrok(client, _servers[Side.Floor]));
        await AskAsync(grok);
        return recorder.Bodies;
    }

    private sealed class Recorder(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public List<byte[]> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>The service keeps the conversation: each request sends the last result.</summary>
public class StoredToolLoop() : ToolLoop(isStored: true);

/// <summary>Nothing is stored: each request sends the whole history.</summary>
public class ResentToolLoop() : ToolLoop(isStored: false);
