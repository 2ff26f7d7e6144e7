using System.Text.Json;
using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>Streams with ambiguous indices or ids: no content is emitted twice, and no call is lost or duplicated.</summary>
public class StreamIndexTests
{
    private static string Text(int place, string? id, string text) =>
        $$"""{"type":"response.output_text.delta","output_index":{{place}},"content_index":0,{{Id(id)}}"delta":"{{text}}"}""".Replace("\"id\"", "\"item_id\"", StringComparison.Ordinal);

    private static string Arguments(int place, string id) => $$"""{"type":"response.function_call_arguments.delta","output_index":{{place}},"item_id":"{{id}}","delta":"{"}""";

    private static string Message(string? id, string text) => $$"""{"type":"message",{{Id(id)}}"role":"assistant","content":[{"type":"output_text","text":"{{text}}"}]}""";

    private static string Call(string? id, string? callId, string arguments = "{}") =>
        $$"""{"type":"function_call",{{Id(id)}}{{(callId is null ? "" : $"\"call_id\":\"{callId}\",")}}"name":"f","arguments":"{{arguments}}"}""";

    private static string Reasoning(string id) => $$"""{"type":"reasoning","id":"{{id}}","summary":[{"type":"summary_text","text":"think"}],"encrypted_content":"{{id}} sealed"}""";

    private static string Id(string? id) => id is null ? "" : $"\"id\":\"{id}\",";

    public static TheoryData<string, string[], string> Streams => new()
    {
        { "one index: text, call", [Text(0, "m1", "Hi"), Some.Done(0, Message("m1", "Hi")), Some.Done(0, Call("f1", "c1")), Some.Completed(Message("m1", "Hi") + "," + Call("f1", "c1"))], "Hi c1" },
        { "one index: texts", [Text(0, "m1", "Hi"), Some.Done(0, Message("m1", "Hi")), Text(0, "m2", "th"), Text(0, "m2", "ere"), Some.Done(0, Message("m2", "there")), Some.Completed(Message("m1", "Hi") + "," + Message("m2", "there"))], "Hi th ere" },
        { "one index: calls", [Some.Done(0, Call("f1", "c1")), Some.Added(0, Call("f2", "c2", "")), Some.Done(0, Call("f2", "c2")), Some.Done(0, Call("f3", "c3")), Some.Completed(Call("f1", "c1") + "," + Call("f2", "c2") + "," + Call("f3", "c3"))], "c1 c2 c3" },
        { "one index: calls without ids of their own", [Some.Done(0, Call(null, "c1")), Some.Done(0, Call(null, "c2")), Some.Done(0, Call(null, "c2")), Some.Completed(Call(null, "c1") + "," + Call(null, "c2"))], "c1 c2" },
        { "one index: thought, text", [Some.Done(0, Reasoning("rs_1")), Text(0, "m1", "Hi"), Some.Done(0, Message("m1", "Hi")), Some.Completed(Reasoning("rs_1") + "," + Message("m1", "Hi"))], "think Hi" },
        { "an index that is taken", [Some.Done(1, Call("f1", "c1")), Some.Done(0, Call("f2", "c2")), Some.Done(0, Call("f3", "c3")), Some.Completed(Call("f2", "c2") + "," + Call("f3", "c3") + "," + Call("f1", "c1"))], "c1 c2 c3" },
        { "arguments elsewhere, before", [Arguments(-1, "f1"), Some.Done(0, Call("f1", "c1")), Some.Completed(Call("f1", "c1"))], "c1" },
        { "arguments elsewhere, after", [Arguments(0, "f1"), Some.Done(1, Call("f1", "c1")), Some.Completed(Call("f1", "c1"))], "c1" },
        { "a call at two indices", [Some.Done(0, Call("f1", "c1")), Some.Done(1, Call("f1", "c1")), Some.Completed(Call("f1", "c1"))], "c1" },
        { "calls of one id with different arguments", [Some.Done(0, Call("f1", "c1")), Some.Done(1, Call("f1", "c1", "{ }")), Some.Completed(Call("f1", "c1") + "," + Call("f1", "c1", "{ }"))], "c1 c1" },
        { "calls of no id", [Some.Done(0, Call("f1", null)), Some.Done(1, Call("f2", "")), Some.Completed(Call("f1", null) + "," + Call("f2", ""))], "f1 f2" },
        { "an end twice", [Some.Done(0, Message("m1", "Hi")), Some.Done(0, Message("m1", "Hi")), Some.Completed(Message("m1", "Hi"))], "Hi" },
        { "a text after an end that was empty", [Some.Done(0, Message("m1", "")), Text(0, "m1", "Hi"), Some.Done(0, Message("m1", "Hi")), Some.Completed(Message("m1", "Hi"))], "Hi" },
        { "a text before the first index", [Text(-1, null, "Hi"), Some.Completed(Message(null, "Hi"))], "Hi" },
        { "a text before the first index, named at the end", [Text(-1, null, "Hi"), Some.Done(-1, Message(null, "Hi")), Some.Completed(Message("m1", "Hi"))], "Hi" },
        { "a call without an id of its own, one index later", [Some.Done(1, Call(null, "c1")), Some.Completed(Call(null, "c1"))], "c1" },
        { "calls without ids of their own, the other way round", [Some.Done(0, Call(null, "c1")), Some.Done(2, Call(null, "c2")), Some.Completed(Call(null, "c2") + "," + Call(null, "c1") + "," + Call(null, "c3"))], "c1 c2 c3" },
        { "a reasoning in front of what has no id", [Text(0, null, "Hi"), Some.Done(0, Message(null, "Hi")), Some.Completed(Reasoning("rs_1") + "," + Message(null, "Hi"))], "Hi think" },
        { "arguments that are whole only at the end", [Some.Done(0, Call("f1", "c1", "{")), Some.Completed(Call("f1", "c1"))], "c1" },
        { "arguments that are whole only in the item", [Some.Done(0, Call("f1", "c1")), Some.Completed(Call("f1", "c1", "{"))], "c1" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_with_ambiguous_indices_or_ids_emits_each_content_once(string stream, string[] frames, string expected)
    {
        var mapper = new StreamMapper(new CreateResponseRequest { Model = "grok-4.7" });
        var updates = frames.Select(frame => mapper.ToUpdate(new(JsonSerializer.Deserialize(frame, WireJson.Context.ResponseEvent)!))).OfType<ChatResponseUpdate>().ToList();
        Assert.Equal(expected, string.Join(' ', updates.SelectMany(static u => u.Contents).Select(Describe).OfType<string>()));
        Assert.All(updates.SelectMany(static u => u.Contents).OfType<FunctionCallContent>(), static c => Assert.Null(c.Exception));
        Assert.NotEmpty(stream);
    }

    [Fact]
    public async Task Duplicate_function_call_of_a_json_response_is_mapped_once()
    {
        using var client = Some.Client(new StubHandler().Json(Some.Answer(Call("f1", "c1") + "," + Call("f2", "c1") + "," + Call("f3", "c3"))));
        Assert.Equal(["c1", "c3"], (await client.GetResponseAsync("q")).Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => c.CallId));
    }

    [Theory]
    [InlineData("i", "c", "i", "c", false)]
    [InlineData("i", "c", "j", "c", true)]
    [InlineData("i", "c", "i", "d", false)]
    [InlineData("i", "c", null, "c", false)]
    [InlineData("i", "c", null, "d", true)]
    [InlineData(null, "c", "i", "c", false)]
    [InlineData(null, "c", "i", "d", true)]
    [InlineData(null, "c", null, null, false)]
    [InlineData(null, null, null, "c", false)]
    [InlineData("i", null, null, null, false)]
    [InlineData(null, null, "i", null, false)]
    public void Streamed_items_differ_only_by_known_ids_that_differ(string? itemId, string? itemCall, string? id, string? call, bool isOther) =>
        Assert.Equal(isOther, new StreamedItem { ItemId = itemId, CallId = itemCall }.IsOtherThan(id, call));

    [Fact]
    public void Reused_index_continues_at_an_index_of_its_own()
    {
        var items = new StreamedItems();
        for (var index = 0; index < 2; index++)
        {
            var (place, done) = items.Find(index, "a", null);
            done.ItemId = "a";
            items.Finish(place);
        }

        Assert.Equal([2, 3, 2, 3], ((int[])[0, 1, 0, 1]).Select(index => items.Find(index, "b", null).Place));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public void Many_items_of_one_index_are_told_apart_within_30_seconds()
    {
        var items = new StreamedItems();
        for (var index = 1; index <= 100_000; index++)
        {
            items.GetOrAdd(100_000 + index);
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var places = new HashSet<int>();
        for (var id = 0; id < 200_000; id++)
        {
            var (place, item) = items.Find(0, $"m{id}", null);
            item.ItemId = $"m{id}";
            items.Finish(place);
            Assert.True(places.Add(place));
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"It took {clock.Elapsed}.");
    }

    private static string? Describe(AIContent content) => content switch
    {
        FunctionCallContent call => call.CallId,
        TextReasoningContent { Text: "" } or UsageContent => null,
        TextReasoningContent reasoning => reasoning.Text,
        _ => content.ToString(),
    };
}
