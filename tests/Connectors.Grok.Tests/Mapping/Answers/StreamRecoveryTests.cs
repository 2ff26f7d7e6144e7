using System.Text;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>Streams that say a part of the answer in another place than usual, or twice.</summary>
public class StreamRecoveryTests
{
    private readonly StubHandler _handler = new();

    private async Task<ChatResponse> Streamed(params string[] frames)
    {
        using var client = Some.Client(_handler.Sse([Some.Created, .. frames]));
        return await client.Streamed(_handler);
    }

    private async Task<ChatResponse> Whole(params string[] frames)
    {
        using var client = Some.Client(_handler.Sse([Some.Created, .. frames]));
        return await client.GetResponseAsync("q");
    }

    private static string ArgumentsDelta(string arguments, int item = 0) =>
        $$"""{"sequence_number":5,"type":"response.function_call_arguments.delta","item_id":"fc_{{Some.Id}}_0","output_index":{{item}},"delta":{{Json(arguments)}}}""";

    private static string ArgumentsDone(string arguments, int item = 0) =>
        $$"""{"sequence_number":5,"type":"response.function_call_arguments.done","item_id":"fc_{{Some.Id}}_0","output_index":{{item}},"arguments":{{Json(arguments)}}}""";

    private static string TextDone(string text, int item = 0, int part = 0) =>
        $$"""{"sequence_number":5,"type":"response.output_text.done","item_id":"msg_{{Some.Id}}","output_index":{{item}},"content_index":{{part}},"text":"{{text}}"}""";

    private static string Json(string text) => System.Text.Json.Nodes.JsonValue.Create(text)!.ToJsonString();

    private static string Added(string item) => Some.Added(0, item);

    private static string Describe(ChatResponse answer) => string.Join('|', answer.Messages.SelectMany(static m => m.Contents).Where(static c => c is not UsageContent).Select(static c => c switch
    {
        FunctionCallContent call => $"{call.Name}({string.Join(',', (call.Arguments ?? new Dictionary<string, object?>()).Select(static a => $"{a.Key}={a.Value}"))}){(call.InformationalOnly ? " cut" : "")}",
        ErrorContent error => $"refused: {error.Message}",
        _ => c.ToString(),
    }));

    public static TheoryData<string[]> BlankCalls => new(
        [ArgumentsDelta("""{"a":"""), ArgumentsDelta("1}"), Some.Done(0, Some.Call("f", "")), Some.Completed("")],
        [ArgumentsDelta("""{"a":1}"""), Some.Done(0, Some.Call("f", " ")), Some.Completed(Some.Call("f", ""))],
        [ArgumentsDone("""{"a":1}"""), Some.Done(0, Some.Call("f", "")), Some.Completed("")],
        [ArgumentsDelta("""{"b":"""), ArgumentsDone("""{"a":1}"""), Some.Done(0, Some.Call("f", "")), Some.Completed("")],
        [Some.Done(0, Some.Call("f", "")), Some.Completed(Some.Call("f", """{"a":1}"""))],
        [ArgumentsDelta("""{"a":1}"""), Some.Completed(Some.Call("f", ""))],
        [ArgumentsDelta("""{"a":1}"""), Some.Done(0, Some.Call("f", """{"a":""")), Some.Completed("")]);

    [Theory]
    [MemberData(nameof(BlankCalls))]
    public async Task Call_whose_finished_item_has_blank_arguments_gets_those_of_its_deltas_or_of_the_final_output(string[] frames) =>
        Assert.Equal("f(a=1)", Describe(await Streamed([Added(Some.Call("f", "", status: "in_progress")), .. frames])));

    [Fact]
    public async Task Call_of_an_answer_that_is_not_streamed_gets_the_arguments_of_their_done_event()
    {
        var blank = Some.Call("f", "");
        Assert.Equal("f(a=1)", Describe(await Whole(Added(blank), ArgumentsDone("""{"a":1}"""), Some.Done(0, blank), Some.Completed(""))));
        Assert.Equal("f(a=1)", Describe(await Whole(Added(blank), ArgumentsDone("""{"b":2}"""), ArgumentsDone("""{"a":1}"""), Some.Completed(blank))));
        Assert.Equal("f()", Describe(await Whole(Added(blank), TextDone("Hello", part: 1).Replace($"msg_{Some.Id}", $"fc_{Some.Id}_0", StringComparison.Ordinal), Some.Completed(blank))));
        Assert.Equal(GrokErrorKind.StreamBroken, (await Assert.ThrowsAsync<GrokException>(() => Whole(ArgumentsDone("""{"a":1}"""), Some.Completed("")))).Kind);
    }

    [Fact]
    public async Task Call_without_arguments_anywhere_is_emitted_without_arguments()
    {
        Assert.Equal("f()", Describe(await Streamed(Added(Some.Call("f", "")), Some.Done(0, Some.Call("f", "")), Some.Completed(Some.Call("f", "")))));
        Assert.Equal("f()", Describe(await Streamed(ArgumentsDelta("{}"), Some.Done(0, Some.Call("f", "")), Some.Completed(""))));
        Assert.Equal("f() cut", Describe(await Streamed(Some.Done(0, Some.Call("f", "", status: "incomplete")), Some.Completed("", "incomplete"))));
    }

    [Theory]
    // The part's index grows with each delta; the final part has all of the text, or more than was streamed.
    [InlineData("0:He 1:llo 2:_there", "Hello_there")]
    [InlineData("0:He 1:llo", "Hello_there")]
    [InlineData("1:Hello_there", "Hello_there")]
    [InlineData("0:He 1:llo 0:_there", "Hello_there")]
    // All deltas have the index 0, but the message has two parts.
    [InlineData("0:Hello 0:_there", "Hello|_there")]
    [InlineData("0:Hello 0:_th", "Hello|_there")]
    // The parts are as they were streamed, or the first was not streamed.
    [InlineData("0:Hello 1:_there", "Hello|_there")]
    [InlineData("0:Hello 1:_th", "Hello|_there")]
    public async Task Text_is_delivered_once_whatever_the_part_indices_of_its_deltas_are(string deltas, string parts)
    {
        var message = $$"""{"type":"message","id":"msg_{{Some.Id}}","role":"assistant","content":[{{string.Join(',', parts.Split('|').Select(static p => $$"""{"type":"output_text","text":"{{p}}"}"""))}}]}""";
        string[] frames = [.. deltas.Split(' ').Select(static d => Some.TextDelta(d[2..], part: d[0] - '0'))];
        Assert.Equal("Hello_there", (await Streamed([.. frames, Some.Done(0, message), Some.Completed(message)])).Text);
        Assert.Equal("Hello_there", (await Streamed([.. frames, Some.Completed(message)])).Text);
    }

    [Fact]
    public async Task Text_of_a_message_whose_content_is_a_string_is_delivered_once()
    {
        var message = $$"""{"type":"message","id":"msg_{{Some.Id}}","role":"assistant","content":"Hello"}""";
        Assert.Equal("Hello", (await Streamed(Some.TextDelta("He"), Some.TextDelta("llo", part: 1), Some.Done(0, message), Some.Completed(message))).Text);
        Assert.Equal("Hello", (await Streamed(Some.Done(0, message), Some.Completed(message))).Text);
    }

    [Fact]
    public async Task Arguments_of_a_call_that_never_finishes_break_the_stream() =>
        Assert.Equal(GrokErrorKind.StreamBroken, (await Assert.ThrowsAsync<GrokException>(() => Streamed(ArgumentsDone("""{"a":1}"""), Some.Completed("")))).Kind);

    [Fact]
    public async Task Finished_text_that_differs_from_deltas_of_growing_part_indices_is_ignored() =>
        Assert.Equal("Hello", (await Streamed(Some.TextDelta("He"), Some.TextDelta("llo", part: 1), Some.Done(0, Some.Message("Help")), Some.Completed(Some.Message("Help")))).Text);

    [Fact]
    public async Task Citations_of_a_text_with_growing_part_indices_are_delivered()
    {
        var message = Some.Message("Hello", """[{"type":"url_citation","url":"https://x.ai/","start_index":0,"end_index":2}]""");
        var answer = await Streamed(Some.TextDelta("He"), Some.TextDelta("llo", part: 1), Some.Done(0, message), Some.Completed(message));
        Assert.Equal("Hello", answer.Text);
        Assert.Equal("https://x.ai/", Assert.IsType<CitationAnnotation>(Assert.Single(answer.Messages[0].Contents.SelectMany(static c => c.Annotations ?? []))).Url?.AbsoluteUri);
    }

    private const string Bare = $$"""{"type":"message","id":"msg_{{Some.Id}}","role":"assistant","content":[]}""";
    private const string RefusalDone = """{"type":"response.refusal.done","output_index":0,"content_index":0,"refusal":"No."}""";
    private const string PartDone = """{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello"}}""";

    public static TheoryData<string[], string> DoneOnly => new()
    {
        { [TextDone("Hello"), Some.Completed("")], "Hello" },
        { [Added(Bare), TextDone("Hello"), Some.Completed("")], "Hello" },
        { [TextDone("Hello"), Some.Done(0, Bare), Some.Completed("")], "Hello" },
        { [TextDone("Hello"), Some.Completed(Bare)], "Hello" },
        { [TextDone("Hello"), TextDone("!", part: 1), Some.Completed("")], "Hello!" },
        { [TextDone("Hello"), TextDone("!", item: 1), Some.Completed("")], "Hello!" },
        { [Some.TextDelta("He"), TextDone("Hello"), Some.Completed("")], "Hello" },
        { [Some.TextDelta("Hello"), TextDone("Hello"), Some.Completed("")], "Hello" },
        { [Some.TextDelta("He"), Some.TextDelta("llo", part: 1), TextDone("Hello"), Some.Completed("")], "Hello" },
        { [TextDone("Hello"), Some.Done(0, Some.Message("Hello")), Some.Completed(Some.Message("Hello"))], "Hello" },
        { [TextDone("Hello"), Some.Completed(Some.Message("Hello"))], "Hello" },
        { [TextDone(""), Some.Completed(Some.Message("Hello"))], "Hello" },
        { [PartDone, Some.Completed("")], "Hello" },
        { [PartDone, TextDone("Hello"), Some.Completed("")], "Hello" },
        { [RefusalDone, Some.Completed("")], "refused: No." },
        { [PartDone.Replace("output_text\",\"text\":\"Hello", "refusal\",\"refusal\":\"No.", StringComparison.Ordinal), Some.Completed("")], "refused: No." },
        { ["""{"type":"response.refusal.delta","output_index":0,"delta":"No."}""", RefusalDone, Some.Done(0, Bare), Some.Completed("")], "refused: No." },
        { ["""{"type":"response.output_text.done","output_index":"x","text":7}""", """{"type":"response.output_text.done"}""", """{"type":"response.content_part.done","part":7}""", """{"type":"response.content_part.done","part":{"type":"reasoning_text","text":"t"}}""", Some.Completed(Some.Message("Hello"))], "Hello" },
    };

    [Theory]
    [MemberData(nameof(DoneOnly))]
    public async Task Text_that_only_a_done_event_has_is_delivered_once(string[] frames, string expected)
    {
        var answer = await Streamed(frames);
        Assert.Equal(expected, Describe(answer));
        Assert.Equal(Some.Id, answer.ConversationId);
        // The same events, whose deltas GetResponseAsync skips.
        Assert.Equal(expected, Describe(await Whole(frames)).Replace("|", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Items_whose_sequence_numbers_restart_are_delivered()
    {
        string[] frames =
        [
            Numbered(0, Some.Created), Numbered(1, Some.Added(0, Some.Message(""))), Numbered(2, Some.TextDelta("a")), Numbered(3, Some.TextDelta("b")), Numbered(4, Some.Done(0, Some.Message("ab"))),
            Numbered(0, Some.Added(1, Whole("", "in_progress"))), Numbered(1, Other(1, "c")), Numbered(2, Other(1, "d")), Numbered(3, Some.Done(1, Whole("cd", "completed"))),
        ];
        Assert.Equal("abcd", (await Raw([.. frames, Numbered(0, Some.Completed(""))])).Text);
        // A new item without an added event, and one that is told apart by its id alone.
        Assert.Equal("abcd", (await Raw([.. frames[..5], .. frames[6..], Numbered(4, Some.Completed(""))])).Text);
        Assert.Equal("abcd", (await Raw([.. frames[..5], Numbered(0, Other(0, "c")), Numbered(1, Other(0, "d")), Numbered(2, Some.Completed(""))])).Text);
        // Events of the first item that are sent again are still dropped.
        Assert.Equal("abcd", (await Raw([.. frames[..5], frames[2], frames[3], .. frames[5..], frames[6], frames[7], Numbered(9, Some.Completed(""))])).Text);
        Assert.Equal("ab", (await Raw([.. frames[..5], Numbered(1, """{"type":"response.hologram","sequence_number":1}"""), Numbered(9, Some.Completed(""))])).Text);

        static string Numbered(int number, string frame) => System.Text.RegularExpressions.Regex.Replace(frame, "\"sequence_number\":[0-9]+", $"\"sequence_number\":{number}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        static string Other(int index, string text) => Some.TextDelta(text, index).Replace("\"msg_", "\"other_", StringComparison.Ordinal);
        static string Whole(string text, string status) => Some.Message(text).Replace("\"msg_", "\"other_", StringComparison.Ordinal).Replace("completed", status, StringComparison.Ordinal);

        async Task<ChatResponse> Raw(string[] sent)
        {
            using var client = Some.Client(_handler.Stream(() => new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(sent.Select(static f => $"data: {f}\n\n"))))));
            return await client.Streamed(_handler);
        }
    }
}
