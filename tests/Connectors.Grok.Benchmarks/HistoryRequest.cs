using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Benchmarks;

/// <summary>The request from a history of 200 messages with images and tools; the answer is a word.</summary>
[MemoryDiagnoser]
public class HistoryRequest
{
    public const int Messages = 200;

    private readonly LongHistory _history = new(Messages);
    private readonly MemoryTransport _transport = MemoryTransport.Events(Payloads.Stream(1, 0));
    private readonly MemoryTransport _peers = MemoryTransport.Json(Payloads.Word());
    private readonly HttpClient _bare;
    private readonly GrokChatClient _grok;
    private readonly ResponsesClient _peer;
    private readonly IChatClient _adapter;

    public HistoryRequest()
    {
        _bare = _transport.NewClient();
        _grok = _transport.NewGrok();
        _peer = Peer.NewClient(_peers.NewClient());
        _adapter = Peer.NewAdapter(_peers.NewClient());
    }

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok), new(Side.OpenAI, OpenAI), new(Side.Adapter, Adapter)];

    /// <summary>The floor: a writer that knows every member beforehand, HttpClient, and the answer's bytes left unread.</summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        await using (var json = new Utf8JsonWriter(buffer, LongHistory.WriterOptions))
        {
            _history.Write(json);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, MemoryTransport.Endpoint) { Content = new ReadOnlyMemoryContent(buffer.WrittenMemory) };
        using var response = await _bare.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new Tally(Messages, _transport.Sent);
    }

    [Benchmark]
    public async Task<Tally> Grok()
    {
        await _grok.GetResponseAsync(_history.Messages, _history.Options);
        return new Tally(Messages, _transport.Sent);
    }

    [Benchmark]
    public async Task<Tally> OpenAI()
    {
        var options = new CreateResponseOptions(GrokChatClientOptions.DefaultModel, _history.Messages.Select(Item));
        foreach (var tool in _history.Options.Tools!.Cast<AIFunctionDeclaration>())
        {
            options.Tools.Add(ResponseTool.CreateFunctionTool(tool.Name, BinaryData.FromString(tool.JsonSchema.GetRawText()), null, tool.Description));
        }

        await _peer.CreateResponseAsync(options);
        return new Tally(Messages, _peers.Sent);
    }

    [Benchmark]
    public async Task<Tally> Adapter()
    {
        await _adapter.GetResponseAsync(_history.Messages, _history.Options);
        return new Tally(Messages, _peers.Sent);
    }

    private static ResponseItem Item(ChatMessage message) => message.Contents[0] switch
    {
        FunctionCallContent call => ResponseItem.CreateFunctionCallItem(call.CallId, call.Name, BinaryData.FromString($$"""{"city":"{{call.Arguments!["city"]}}"}""")),
        FunctionResultContent result => ResponseItem.CreateFunctionCallOutputItem(result.CallId, (string)result.Result!),
        _ when message.Role == ChatRole.Assistant => ResponseItem.CreateAssistantMessageItem(message.Text, []),
        _ => ResponseItem.CreateUserMessageItem(message.Contents.Select(static c => c is DataContent image
            ? ResponseContentPart.CreateInputImagePart(BinaryData.FromBytes(image.Data, image.MediaType), null)
            : ResponseContentPart.CreateInputTextPart(((TextContent)c).Text))),
    };
}
