using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>Characters outside the basic plane whose two halves arrive in two deltas.</summary>
public class SplitSurrogateTests
{
    private readonly StubHandler _handler = new();

    private async Task<List<ChatResponseUpdate>> Updates(params string[] frames)
    {
        using var client = Some.Client(_handler.Sse([Some.Created, .. frames]));
        return await client.GetStreamingResponseAsync("q").ToListAsync();
    }

    private static string Texts(IEnumerable<ChatResponseUpdate> updates) => string.Join('|', updates.Select(static u => u.Text).Where(static t => t.Length > 0));

    [Theory]
    [InlineData(@"a\ud83d", @"\ude00b", "a|😀b")]
    [InlineData(@"\ud83d", @"\ude00", "😀")]
    [InlineData(@"\uD83D", @"\uDE00\ud83d\ude01", "😀😁")]
    [InlineData(@"a\\\ud83d", @"\ude00\\", "a\\|😀\\")]
    [InlineData(@"\ud83d\ude00", "b", "😀|b")]
    // Half a character whose other half never comes.
    [InlineData(@"a\ud83d", "b", "a|\uFFFDb")]
    [InlineData(@"a\ud83db", @"\ude00", "a\uFFFDb|\uFFFD")]
    [InlineData(@"a\ud83d", @"\ud83d\ude00", "a|\uFFFD😀")]
    [InlineData(@"\\ud83d", @"\\ude00", @"\ud83d|\ude00")]
    public async Task Character_split_over_two_text_deltas_is_joined(string first, string second, string text)
    {
        Assert.Equal(text, Texts(await Updates(Some.TextDelta(first), Some.TextDelta(second), Some.Completed(""))));
        // Empty deltas, progress and other items may come between the two.
        Assert.Equal(text, Texts(await Updates(
            Some.TextDelta(first), Some.TextDelta(""), """{"type":"response.hologram","sequence_number":1}""", Some.SummaryDelta("s", 1), Some.TextDelta(second), Some.Completed(""))));
    }

    [Fact]
    public async Task Halves_of_different_items_parts_or_kinds_are_not_joined()
    {
        Assert.Equal("a|b|\uFFFD", Texts(await Updates(Some.TextDelta(@"a\ud83d"), Some.TextDelta("b", part: 1), Some.TextDelta(@"\ude00", 1), Some.Completed(""))));
        Assert.Equal("a|\uFFFD|😀", Texts(await Updates(Some.TextDelta(@"a\ud83d"), Some.TextDelta(@"\ude00", 1), Some.TextDelta(@"\ude00"), Some.Completed(""))));
        Assert.Equal("a|\uFFFD", Texts(await Updates(Some.TextDelta(@"a\ud83d"), Some.SummaryDelta(@"\ude00"), Some.TextDelta(@"\ude00", 2), Some.Completed(""))));
    }

    [Fact]
    public async Task Half_at_the_end_of_the_deltas_is_completed_by_the_finished_text()
    {
        Assert.Equal("a|😀", Texts(await Updates(Some.TextDelta(@"a\ud83d"), Some.Done(0, Some.Message("a😀")), Some.Completed(Some.Message("a😀")))));
        Assert.Equal("a|\uFFFD", Texts(await Updates(Some.TextDelta(@"a\ud83d"), Some.Done(0, Some.Message(@"a\ud83d")), Some.Completed(Some.Message(@"a\ud83d")))));
    }

    [Fact]
    public async Task Reasoning_with_a_split_character_is_replayed_as_it_was_thought()
    {
        var item = Some.Reasoning(Some.Summary("I 😀 it"));
        var updates = await Updates(Some.SummaryDelta(@"I \ud83d"), Some.SummaryDelta(@"\ude00 it"), Some.Done(0, item), Some.TextDelta("ok", 1), Some.Completed($"{item},{Some.Message("ok")}"));
        var answer = updates.ToChatResponse();
        Assert.Equal("I 😀 it", string.Concat(answer.Messages[0].Contents.OfType<TextReasoningContent>().Select(static r => r.Text)));

        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync([new(ChatRole.User, "q"), .. answer.Messages, new(ChatRole.User, "q")], new ChatOptions().WithStore(false));
        Assert.Equal("I 😀 it", (string?)_handler.LastJson["input"]![1]!["summary"]![0]!["text"]);
        Assert.Equal("ok", (string?)_handler.LastJson["input"]![2]!["content"]![0]!["text"]);
    }

    [Fact]
    public async Task Arguments_with_a_split_character_are_joined()
    {
        var updates = await Updates(
            """{"sequence_number":1,"type":"response.function_call_arguments.delta","item_id":"fc","output_index":0,"delta":"{\"a\":\"\ud83d"}""",
            """{"sequence_number":1,"type":"response.function_call_arguments.delta","item_id":"fc","output_index":0,"delta":"\ude00\"}"}""",
            Some.Done(0, Some.Call("f", "")),
            Some.Completed(""));
        Assert.Equal("😀", Assert.IsType<FunctionCallContent>(Assert.Single(updates.SelectMany(static u => u.Contents).OfType<FunctionCallContent>())).Arguments!["a"]!.ToString());
    }

    [Fact]
    public async Task Events_of_the_wire_client_are_joined_and_a_repeated_one_is_dropped()
    {
        using var client = Some.Client(_handler);
        string[] frames = [Some.Created, Some.TextDelta("x"), Some.TextDelta(@"a\ud83d"), Some.TextDelta(@"\ude00"), Some.Completed("")];
        var numbered = StubHandler.Frames(frames).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        _handler.Stream(() => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join("\n\n", numbered.SelectMany(static f => (string[])[f, f])) + "\n\n")));
        var events = await client.GetService<GrokResponsesClient>()!.StreamAsync(new CreateResponseRequest { Model = "grok-4.7", Input = [] }).ToListAsync();
        Assert.Equal(["x", "a", "😀"], events.OfType<DeltaEvent>().Select(static e => e.Delta));
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","output_index":0}""")]
    [InlineData("""{"type":"response.output_text.delta","output_index":"0","delta":7}""")]
    [InlineData("""{"type":7,"delta":"\ude00"}""")]
    [InlineData("""{"delta":"\ude00"}""")]
    [InlineData("[7]")]
    [InlineData("[DONE]")]
    public async Task Odd_event_between_two_halves_leaves_them(string odd) =>
        Assert.Equal("a|😀", Texts(await Updates(Some.TextDelta(@"a\ud83d"), odd, Some.TextDelta(@"\ude00"), Some.Completed(""))));
}
