using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Histories that a caller carries, over HTTP: what is resent is what was sent, and nothing in it makes a conversation fail for good.</summary>
public sealed class CarriedHistoryTests : ConversationTestBase
{
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAADElEQVR42mNYxYACASqQBVHvL7SwAAAAAElFTkSuQmCC");
    private static readonly string[] Clients = ["plain", "tracking", "named"];

    public static TheoryData<bool, string, bool> Histories => new MatrixTheoryData<bool, string, bool>([false, true], Clients, [false, true]);

    public static TheoryData<bool, string, bool, string, bool> Results => new MatrixTheoryData<bool, string, bool, string, bool>([false, true], Clients, [false, true], ["image", "text", "list", "link"], [false, true]);

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Tool_result_is_resent_as_it_was_sent_first(bool stream, string kind, bool savesAsJson, string what, bool isStored)
    {
        var client = Create(kind, o => o.Store = isStored ? null : false);
        List<ChatMessage> history = [new(ChatRole.User, "What is in the picture?")];
        Emulator.Script.Reply(static r => r.Call("look")).Reply("A cat.").Reply("Grey.").Reply("Four.");
        var asked = await AskAsync(client, stream, kind, history);
        history.AddRange(asked.Messages);
        history.Add(new(ChatRole.Tool, [new FunctionResultContent(asked.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Single().CallId, what switch
        {
            "image" => new DataContent(Picture, "image/png"),
            "text" => new TextContent("a cat"),
            "link" => new UriContent("https://x.ai/cat.png", "image/png"),
            _ => new AIContent[] { new TextContent("a cat"), new DataContent(Picture, "image/png") },
        })]));
        history = Saved(history, savesAsJson);
        history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
        var first = Output();
        Assert.DoesNotContain("$type", first, StringComparison.Ordinal);
        foreach (var question in (string[])["Which color?", "How many legs?"])
        {
            Emulator.ExpireResponses();
            history.Add(new(ChatRole.User, question));
            history = Saved(history, savesAsJson);
            history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
            Assert.Equal(first, Output());
        }
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task History_with_an_unanswered_call_is_sent_without_it(bool stream, string kind, bool savesAsJson)
    {
        var client = Create(kind);
        List<ChatMessage> history = [new(ChatRole.User, "What is the weather in Oslo and Rome?")];
        Emulator.Script.Reply(static r => r.Call("weather", """{"city":"Oslo"}""", "c1").Call("weather", """{"city":"Rome"}""", "c2")).Reply("18 in Oslo.").Reply("Fine.").Reply("Bye.");
        history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
        history.Add(new(ChatRole.Tool, [new FunctionResultContent("c1", "18 degrees")]));
        foreach (var question in (string[])["Never mind Rome.", "Thanks.", "Bye."])
        {
            history.Add(new(ChatRole.User, question));
            history = Saved(history, savesAsJson);
            history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
        }

        var sent = string.Join('\n', Emulator.Requests.Skip(1).Select(static r => r.Json!.Value.GetRawText()));
        Assert.DoesNotContain("\"c2\"", sent, StringComparison.Ordinal);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        Assert.Contains("\"c1\"", sent, StringComparison.Ordinal);
        Assert.Contains("Oslo and Rome", sent, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task History_of_another_provider_is_sent_without_what_only_its_service_ran(bool stream, string kind, bool savesAsJson)
    {
        var client = Create(kind);
        List<ChatMessage> history =
        [
            new(ChatRole.User, "Draw a cat."),
            new(ChatRole.Assistant, [
                new WebSearchToolCallContent("w1") { Queries = ["cats"] }, new WebSearchToolResultContent("w1") { Outputs = [new UriContent("https://x.ai/", "text/html")] },
                new CodeInterpreterToolCallContent("p1") { Inputs = [new DataContent("1"u8.ToArray(), "text/x-python")] }, new CodeInterpreterToolResultContent("p1") { Outputs = [new TextContent("1")] },
                new ImageGenerationToolCallContent("i1"), new ImageGenerationToolResultContent("i1") { Outputs = [new DataContent(Picture, "image/png")] },
                new McpServerToolCallContent("m1", "draw", "cats"), new McpServerToolResultContent("m1") { Outputs = [new TextContent("done")] },
                new DataContent(Picture, "image/png"), new HostedFileContent("file-1"), new TextContent("Here is a cat."),
            ]),
            new(ChatRole.User, "Another one."),
        ];
        Emulator.Script.Reply("Done.").Reply("Bye.");
        history = Saved(history, savesAsJson);
        history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
        Assert.Equal("user assistant user", Kinds(Emulator.Requests[0]));
        history.Add(new(ChatRole.User, "Thanks."));
        await AskAsync(client, stream, kind, Saved(history, savesAsJson));
        Assert.EndsWith("user", Kinds(Emulator.Requests[^1]), StringComparison.Ordinal);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    /// <summary>A loop of agents appends its whole output to its input, so that answers come twice.</summary>
    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Reasoning_that_a_history_holds_twice_is_sent_once(bool stream, string kind, bool savesAsJson)
    {
        var client = Create(kind, static o => o.Store = false);
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
        history.AddRange(history[1..]);
        foreach (var question in (string[])["What's my name?", "And what is 2+2?"])
        {
            history.Add(new(ChatRole.User, question));
            history = Saved(history, savesAsJson);
            history.AddRange((await AskAsync(client, stream, kind, history)).Messages);
            var blobs = Blobs(Emulator.Requests[^1]).ToList();
            Assert.NotEmpty(blobs);
            Assert.Equal(blobs.Distinct(), blobs);
            Assert.Equal(200, Emulator.Requests[^1].Status);
        }
    }

    /// <summary>A context provider changes the instructions on every run of an agent that keeps the response id.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Changed_instructions_are_sent_with_a_response_id(bool stream)
    {
        var client = Client();
        string? id = null;
        foreach (var instructions in (string[])["The user is in Oslo.", "The user is in Rome.", "The user is in Rome.", "The user is in Oslo."])
        {
            id = (await client.Ask(stream, [new(ChatRole.User, "Where am I?")], new ChatOptions { ConversationId = id, Instructions = instructions })).ConversationId;
        }

        Assert.Equal(["system user", "system user", "user", "system user"], Emulator.Requests.Select(Kinds));
    }

    private IChatClient Create(string kind, Action<GrokChatClientOptions>? configure = null) => kind switch
    {
        "plain" => Client(configure),
        "tracking" => Client(configure).AsHistoryTrackingClient(),
        _ => Conversations(client: configure),
    };

    private static Task<ChatResponse> AskAsync(IChatClient client, bool stream, string kind, IEnumerable<ChatMessage> history) =>
        client.Ask(stream, history, new ChatOptions { ConversationId = kind == "named" ? "t" : null, Tools = [AIFunctionFactory.Create(static () => "", "look"), AIFunctionFactory.Create(static (string city) => city, "weather")] });

    private static List<ChatMessage> Saved(List<ChatMessage> history, bool savesAsJson) => savesAsJson ? [.. Keeping.ThroughJson(history)] : history;

    private string Output() => Sent().GetProperty("input").EnumerateArray().Single(static i => i.GetProperty("type").GetString() == "function_call_output").GetProperty("output").GetRawText();
}
