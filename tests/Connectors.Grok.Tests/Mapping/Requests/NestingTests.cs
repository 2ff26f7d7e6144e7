using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>How deep arguments and results of functions may be nested: whatever can be sent can be kept and read again.</summary>
public class NestingTests
{
    private const int Deepest = 64;

    public static TheoryData<int> Depths => [.. Enumerable.Range(1, Deepest)];

    [Theory]
    [MemberData(nameof(Depths))]
    public async Task Nested_arguments_and_results_are_resent_from_a_store_unchanged(int depth)
    {
        foreach (var messages in Histories(depth))
        {
            var body = await BodyAsync(messages);
            Assert.Equal(body, await BodyAsync(Keeping.ThroughStore(messages)));
        }
    }

    [Theory]
    [InlineData(57)]
    [InlineData(Deepest)]
    public async Task Conversation_with_nested_arguments_is_resent_exported_and_imported(int depth)
    {
        var handler = new StubHandler();
        using var grok = Some.Client(handler, static o => o.Store = false);
        using var client = grok.AsConversationClient(new InMemoryConversationStore());
        handler.Json(Some.Answer(Some.Call("f", Objects(depth))));
        var asked = await client.GetResponseAsync("q", new ChatOptions { ConversationId = "c" });
        Assert.Null(asked.Messages[0].Contents.OfType<FunctionCallContent>().Single().Exception);
        handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([new ChatMessage(ChatRole.Tool, [new FunctionResultContent("call_1", Json(Objects(depth)))])], new ChatOptions { ConversationId = "c" });
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync("c", document);
        document.Position = 0;
        await client.Conversations.ImportAsync("d", document);
        var inputs = new List<string>();
        foreach (var id in (string[])["c", "d"])
        {
            handler.Json(Some.Answer(Some.Message("ok")));
            await client.GetResponseAsync("Go on.", new ChatOptions { ConversationId = id });
            inputs.Add(handler.LastJson["input"]!.ToJsonString(new JsonSerializerOptions { MaxDepth = 512 }));
        }

        Assert.Contains("function_call_output", inputs[0], StringComparison.Ordinal);
        Assert.Equal(inputs[0], inputs[1]);
    }

    [Theory]
    [InlineData(Deepest + 1)]
    [InlineData(200)]
    public async Task Nesting_beyond_the_limit_throws_before_anything_is_sent(int depth)
    {
        foreach (var messages in Histories(depth))
        {
            var handler = new StubHandler();
            using var client = Some.Client(handler);
            var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(messages));
            Assert.Contains("of the function call 'c' cannot be written as JSON: ", e.Message, StringComparison.Ordinal);
            Assert.Contains("It may be nested 64 levels deep at most.", e.Message, StringComparison.Ordinal);
            Assert.Empty(handler.Requests);
        }
    }

    /// <summary>The same depth as arguments, and as a result: JSON, and an object.</summary>
    private static IEnumerable<ChatMessage[]> Histories(int depth)
    {
        yield return History(depth == 1 ? new() : new() { ["a"] = Json(Objects(depth - 1)) }, "r");
        yield return History([], Json(Objects(depth)));
        yield return History([], Json(new string('[', depth) + new string(']', depth)));
        if (depth != Deepest)
        {
            // The serializer counts the value in the innermost object as a level.
            yield return History(new() { ["a"] = Nested(depth - 1) }, "r");
            yield return History([], Nested(depth));
        }
    }

    private static ChatMessage[] History(Dictionary<string, object?> arguments, object? result) =>
        [new(ChatRole.Assistant, [new FunctionCallContent("c", "f", arguments)]), new(ChatRole.Tool, [new FunctionResultContent("c", result)])];

    private static string Objects(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static object? Nested(int depth) => depth == 0 ? 1 : new Dictionary<string, object?> { ["a"] = Nested(depth - 1) };

    private static JsonElement Json(string json) => JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement;

    private static async Task<string> BodyAsync(IEnumerable<ChatMessage> messages)
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        await client.GetResponseAsync(messages);
        return handler.LastBody;
    }
}
