using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>For any messages and options, the request passes the strict reader of the emulator, or a documented exception is thrown before it is sent.</summary>
public class StrictReaderTests
{
    private static readonly byte[] Picture = Pixels(16);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_request_passes_the_strict_reader(bool stream)
    {
        using var client = new EmulatedClient();
        var sent = 0;
        var property = Prop.ForAll(Gen.Zip(Messages, Options).ToArbitrary(), pair =>
        {
            var e = Record.Exception(() => client.Ask(pair.Item1, pair.Item2, stream));
            sent += e is null ? 1 : 0;
            return e is null or ArgumentException or NotSupportedException or InvalidOperationException ? true
                : throw new InvalidOperationException($"{e.Message}\n{client.LastBody}", e);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
        Assert.True(sent > 100, $"Only {sent} of 300 requests were sent: the generator says little.");
    }

    private static Gen<string> Text => Gen.Elements("hello", "What is 101*3", "", " ", "ünïcode 😀\u2028", "line\nbreak\t\"quoted\" \\", new string('x', 5000));

    private static Gen<AIContent> Content => Gen.Frequency(
        (40, Text.Select(static AIContent (t) => new TextContent(t))),
        (2, Gen.Constant<AIContent>(new DataContent(Picture, "image/png"))),
        (1, Gen.Constant<AIContent>(new DataContent("GIF89a"u8.ToArray(), "image/gif"))),
        (2, Gen.Elements("low", "high", "auto").Select(static AIContent (d) => new UriContent("https://example.org/a.png", "image/png").WithImageDetail(d))),
        (1, Gen.Constant<AIContent>(new DataContent("%PDF"u8.ToArray(), "application/pdf") { Name = "a.pdf" })),
        (1, Gen.Constant<AIContent>(new HostedFileContent("file_1"))),
        (1, Gen.Constant<AIContent>(new UsageContent(new UsageDetails { InputTokenCount = 1 }))),
        (1, Gen.Constant<AIContent>(new ErrorContent("No.") { ErrorCode = "Refusal" })),
        (1, Gen.Constant<AIContent>(new TextReasoningContent("hm") { ProtectedData = "foreign" })),
        (1, Gen.Constant<AIContent>(new TextReasoningContent("hm"))),
        (1, Gen.Constant<AIContent>(new FunctionCallContent("alone", "f"))),
        (1, Gen.Constant<AIContent>(new WebSearchToolResultContent("w") { AdditionalProperties = new() { [GrokKeys.Content.Item] = """{"type":"web_search_call","id":"w","status":"completed","action":{"type":"search","query":"q","sources":[]}}""" } })),
        (1, Gen.Constant<AIContent>(new DataContent(new byte[2], "audio/wav"))));

    private static Gen<ChatMessage[]> Message => Gen.Frequency(
        (10, from role in Gen.Elements(ChatRole.User, ChatRole.System, ChatRole.Assistant, new ChatRole("developer"), ChatRole.User)
             from contents in Content.ListOf(3)
             from name in Gen.Elements(null, "Alice")
             select (ChatMessage[])[new ChatMessage(role, [.. contents]) { AuthorName = name }]),
        // Calls and their results, in any order, with results of every type.
        (3, from count in Gen.Choose(1, 3)
            from seed in Gen.Choose(0, 1_000_000)
            from result in Gen.Elements<object?>(null, "text", 42, 1.5, true, JsonDocument.Parse("""{"a":["b"]}""").RootElement, new TextContent("t"))
            let ids = Enumerable.Range(0, count).Select(i => $"call_{seed}_{i}").ToList()
            select (ChatMessage[])
            [
                new ChatMessage(ChatRole.Assistant, [.. ids.Select(static id => new FunctionCallContent(id, "get_weather", new Dictionary<string, object?> { ["city"] = "Oslo" }))]),
                new ChatMessage(ChatRole.Tool, [.. Enumerable.Reverse(ids).Select(id => new FunctionResultContent(id, result))]),
            ]));

    private static Gen<ChatMessage[]> Messages => Message.ListOf(4).Select(static list => list.SelectMany(static m => m).ToArray());

    private static Gen<AITool> Tool => Gen.Elements<AITool>(
        AIFunctionFactory.Create((string city, int? days) => city, "get_weather", "The weather in a city."),
        AIFunctionFactory.Create(() => 1, "now"),
        AIFunctionFactory.CreateDeclaration("plan", null, JsonDocument.Parse("""{"$schema":"x","condition":"always","type":"object","properties":{"days":{"type":"array","items":{"$ref":"#/$defs/day"}},"any":true},"$defs":{"day":{"type":"object","properties":{"next":{"$ref":"#/$defs/day"}},"additionalProperties":{"type":"integer"}}}}""").RootElement),
        new HostedWebSearchTool(),
        new HostedCodeInterpreterTool(),
        new GrokXSearchTool { AllowedHandles = ["@xai"] },
        new HostedFileSearchTool { Inputs = [new HostedVectorStoreContent("collection_1")] },
        new HostedMcpServerTool("docs", "https://mcp.example/"));

    private static Gen<ChatOptions> Options =>
        from model in Gen.Elements("grok-4.7", "grok-4.6", "grok-4.3", "grok-4.20")
        from temperature in Gen.Elements<float?>(null, 0, 0.7f, 2)
        from topP in Gen.Elements<float?>(null, 0.5f, 1)
        from tokens in Gen.Elements<int?>(null, 5, 500)
        from effort in Gen.Elements<ReasoningEffort?>(null, ReasoningEffort.None, ReasoningEffort.Low, ReasoningEffort.ExtraHigh)
        from penalty in Gen.Elements<float?>(null, 0)
        from tools in Tool.ListOf(2)
        from mode in Gen.Elements<ChatToolMode?>(null, ChatToolMode.Auto, ChatToolMode.None, ChatToolMode.RequireAny)
        from format in Gen.Elements<ChatResponseFormat?>(null, ChatResponseFormat.Text, ChatResponseFormat.Json, ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"$schema":"x","type":"object","properties":{"a":{"type":["string","null"]},"b":{"enum":["x","y"]}},"required":["a"]}""").RootElement, "n"))
        from instructions in Gen.Elements(null, "Be brief.")
        from store in Gen.Elements<bool?>(null, true, false)
        select new ChatOptions
        {
            ModelId = model,
            Temperature = temperature,
            TopP = topP,
            MaxOutputTokens = tokens,
            Reasoning = effort is null ? null : new() { Effort = effort },
            FrequencyPenalty = penalty,
            StopSequences = penalty is null ? null : ["x"],
            Tools = [.. tools],
            ToolMode = mode,
            AllowMultipleToolCalls = penalty is null ? null : false,
            ResponseFormat = format,
            Instructions = instructions,
            AdditionalProperties = store is null ? null : new() { ["store"] = store },
        };

    /// <summary>A PNG header with this width and height.</summary>
    private static byte[] Pixels(byte side)
    {
        var png = Some.Png;
        (png[19], png[23]) = (side, side);
        return png;
    }

    /// <summary>A client over an emulator in the same process, called synchronously, because the property is synchronous.</summary>
    private sealed class EmulatedClient : IDisposable
    {
        private readonly GrokEmulator _emulator = new();
        private readonly GrokChatClient _client;

        private readonly HostedFileContent _file;

        public EmulatedClient()
        {
            _client = new GrokChatClient(new GrokChatClientOptions { Endpoint = _emulator.BaseAddress, DropUnsupportedContent = true }, new HttpClient(_emulator.CreateHandler()));
            _file = Task.Run(() => ((GrokFileClient)_client.GetService(typeof(GrokFileClient))!).UploadAsync(new MemoryStream("text"u8.ToArray()), null, "a.txt")).GetAwaiter().GetResult();
        }

        public string LastBody => _emulator.Requests is [.., var last] ? last.Body : "nothing was sent";

        public void Ask(ChatMessage[] messages, ChatOptions options, bool stream)
        {
            // The service knows the files of its team only.
            foreach (var contents in messages.Select(static m => m.Contents))
            {
                for (var i = 0; i < contents.Count; i++)
                {
                    contents[i] = contents[i] is HostedFileContent ? _file : contents[i];
                }
            }

            Task.Run(() => stream ? _client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : _client.GetResponseAsync(messages, options)).GetAwaiter().GetResult();
        }

        public void Dispose()
        {
            _client.Dispose();
            _emulator.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
