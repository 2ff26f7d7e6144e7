using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class ScriptTests
{
    private const string Whole = """{"model":"grok-4.6","input":"Hello"}""";
    private const string Streamed = """{"model":"grok-4.6","input":"Hello","stream":true}""";

    private const string Everything =
        """{"model":"grok-4.6","input":"Hello","include":["web_search_call.action.sources","code_interpreter_call.outputs","file_search_call.results"]STREAM}""";

    [Fact]
    public async Task Script_queue_is_used_in_order_before_the_built_in_model()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply("First.").Reply(reply => reply.Reasoning("Hm.").Text("Second.").Call("get_weather", """{"city":"Oslo"}"""));
        Assert.Equal("First.", await api.AnswerAsync("2 + 2"));
        var second = await api.SayAsync("2 + 2");
        Assert.Equal(["reasoning", "message", "function_call"], Api.Types(second));
        Assert.Equal("""{"city":"Oslo"}""", Api.Item(second, "function_call").GetProperty("arguments").GetString());
        Assert.Equal("2 + 2 equals 4.", await api.AnswerAsync("2 + 2"));
        api.Emulator.Script.ShouldBeUsedUp();
    }

    [Fact]
    public async Task Rejected_request_consumes_no_scripted_reply()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply("Still here.");
        Assert.Equal(HttpStatusCode.NotFound, (await api.CreateAsync("""{"model":"grok-0","input":"Hello"}""")).Status);
        Assert.Throws<EmulatorAssertionException>(api.Emulator.Script.ShouldBeUsedUp);
        Assert.Equal("Still here.", await api.AnswerAsync("Hello"));
    }

    [Fact]
    public async Task Script_rules_answer_only_matching_requests()
    {
        await using var api = await Api.StartAsync();
        var script = api.Emulator.Script;
        script.WhenText("weather").Reply("Rain.").Reply("Snow.");
        script.When(request => request.PreviousResponseId is not null).Always(reply => reply.Text("Again."));
        script.WhenHeader("x-test", "mine").Reply("Mine.");
        Assert.Equal("Rain.", await api.AnswerAsync("The WEATHER in Oslo?"));
        var first = Api.IdOf(await api.SayAsync("Hello"));
        Assert.Equal("Again.", await api.AnswerAsync("Hello", first));
        Assert.Equal("Snow.", await api.AnswerAsync("weather", first));
        Assert.Equal("Again.", await api.AnswerAsync("weather", first));
        api.Http.DefaultRequestHeaders.Add("x-test", "mine");
        Assert.Equal("Mine.", await api.AnswerAsync("Hello"));
        Assert.Equal(0, script.Count);
    }

    [Fact]
    public async Task Strict_script_without_a_reply_gets_a_500()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Strict = true;
        var reply = await api.CreateAsync(Whole);
        Assert.Equal((HttpStatusCode.InternalServerError, "emulator-unscripted"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Scripted_reply_is_the_same_with_and_without_streaming()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = new ManualTime(), NewId = () => Guid.Empty });
        api.Emulator.Script.When(_ => true).Always(AddEverything);
        var whole = (await api.CreateAsync(Everything.Replace("STREAM", ""))).Body;
        var events = await api.StreamAsync(Everything.Replace("STREAM", ",\"stream\":true"));
        Assert.Equal(whole.Replace(CachedTokens(whole), "", StringComparison.Ordinal), Final(events).Replace(CachedTokens(Final(events)), "", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(streamed => streamed.Json.GetProperty("sequence_number").GetInt32()));

        // The items of the done events equal the output of the final response.
        var output = events[^1].Json.GetProperty("response").GetProperty("output").EnumerateArray().ToList();
        var done = events.Where(streamed => streamed.Type == "response.output_item.done")
            .OrderBy(streamed => streamed.Json.GetProperty("output_index").GetInt32())
            .Select(streamed => streamed.Json.GetProperty("item").GetRawText());
        Assert.Equal(output.Select(item => item.GetRawText()), done);
        Assert.Equal(
            """{"web_search_calls":3,"x_search_calls":1,"x_posts_fetched":10,"x_users_fetched":0,"code_interpreter_calls":1,"file_search_calls":1,"mcp_calls":3,"document_search_calls":0,"image_generation_calls":1}""",
            events[^1].Json.GetProperty("response").GetProperty("usage").GetProperty("server_side_tool_usage_details").GetRawText());

        static string Final(IReadOnlyList<StreamedEvent> events) => events[^1].Json.GetProperty("response").GetRawText();
        static string CachedTokens(string json) => json[json.IndexOf("\"cached_tokens", StringComparison.Ordinal)..json.IndexOf("\"context_details", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task Hosted_items_have_the_documented_members_and_hide_results_that_are_not_included()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.When(_ => true).Always(AddEverything);
        var shown = (await api.CreateAsync(Everything.Replace("STREAM", ""))).Json;
        Assert.Equal(
            """{"type":"search","query":"oslo","sources":[{"type":"url","url":"https://a.example/"}]}""",
            Api.Item(shown, "web_search_call").GetProperty("action").GetRawText());
        Assert.Equal("""[{"type":"logs","logs":"1"}]""", Api.Item(shown, "code_interpreter_call").GetProperty("outputs").GetRawText());
        Assert.Equal("""[{"file_id":"f1","filename":"a.txt","score":0.5,"text":"hit"}]""", Api.Item(shown, "file_search_call").GetProperty("results").GetRawText());
        Assert.Equal("""{"query":"xai"}""", Api.Item(shown, "custom_tool_call").GetProperty("input").GetString());
        Assert.Equal("AQID", Api.Item(shown, "image_generation_call").GetProperty("result").GetString());
        Assert.StartsWith("ctc_" + Api.IdOf(shown) + "_xs_call_", Api.Item(shown, "custom_tool_call").GetProperty("id").GetString(), StringComparison.Ordinal);

        var hidden = (await api.CreateAsync(Whole)).Json;
        Assert.Equal("""{"type":"search","query":"","sources":[]}""", Api.Item(hidden, "web_search_call").GetProperty("action").GetRawText());
        Assert.Equal(JsonValueKind.Null, Api.Item(hidden, "code_interpreter_call").GetProperty("outputs").ValueKind);
        Assert.Equal(JsonValueKind.Null, Api.Item(hidden, "file_search_call").GetProperty("results").ValueKind);
    }

    [Fact]
    public async Task Script_can_produce_every_documented_event()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(AddEverything).Reply(reply => reply.Refuse("No.")).Reply(reply => reply.OldXSearch("xai"));
        var types = new List<string>();
        for (var turn = 0; turn < 3; turn++)
        {
            types.AddRange((await api.StreamAsync(Streamed)).Select(streamed => streamed.Type));
        }

        string[] expected =
        [
            "reasoning_summary_text.delta", "reasoning_text.delta", "reasoning_text.done", "output_text.annotation.added", "refusal.delta", "refusal.done",
            "web_search_call.searching", "x_search_call.completed", "custom_tool_call_input.delta", "custom_tool_call_input.done",
            "file_search_call.searching", "code_interpreter_call.in_progress", "code_interpreter_call_code.delta", "code_interpreter_call_code.done",
            "code_interpreter_call.interpreting", "image_generation_call.generating", "mcp_call_arguments.done", "mcp_call_output.done",
            "mcp_call.completed", "mcp_call.failed", "function_call_arguments.delta",
        ];
        Assert.All(expected, name => Assert.Contains($"response.{name}", types));
    }

    [Fact]
    public async Task Parallel_items_interleave_in_the_recorded_order()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply
            .InParallel(items => items.WebSearch("1").WebSearch("2").XSearch("3").XSearch("4").WebSearch("5"))
            .Text("Done."));
        var events = await api.StreamAsync(Streamed);
        var places = events.Where(streamed => streamed.Type.StartsWith("response.output_item", StringComparison.Ordinal))
            .Select(streamed => (streamed.Type.EndsWith("done", StringComparison.Ordinal), streamed.Json.GetProperty("output_index").GetInt32())).ToList();
        Assert.Equal([0, 1, 2, 3, 4], places.TakeWhile(place => !place.Item1).Select(place => place.Item2));
        Assert.Equal([3, 4, 1, 2, 0, 5], places.Where(place => place.Item1).Select(place => place.Item2));
    }

    [Theory]
    [InlineData(CallStyle.Whole, 1, "")]
    [InlineData(CallStyle.Split, 3, "")]
    [InlineData(CallStyle.OnAdded, 0, """{"city":"Oslo"}""")]
    [InlineData(CallStyle.WithoutDelta, 0, "")]
    public async Task Call_style_decides_how_arguments_are_streamed(CallStyle style, int deltas, string added)
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.Call("get_weather", """{"city":"Oslo"}""", style: style));
        var events = await api.StreamAsync(Streamed);
        Assert.Equal(deltas, events.Count(streamed => streamed.Type == "response.function_call_arguments.delta"));
        Assert.Equal(added, events[2].Json.GetProperty("item").GetProperty("arguments").GetString());
        Assert.Equal("""{"city":"Oslo"}""", events[^2].Json.GetProperty("item").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Stream_pauses_at_a_gate_until_it_is_released()
    {
        await using var api = await Api.StartAsync();
        var (middle, end) = (new ReplyGate(), new ReplyGate());
        api.Emulator.Script.Reply(reply => reply.Deltas("One", " two").Hold(middle).Text(" three").Hold(end));
        using var response = await api.OpenStreamAsync(Streamed);
        var body = response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await middle.Reached;
        Assert.False(end.Reached.IsCompleted);
        middle.Release();
        await end.Reached;
        Assert.False(body.IsCompleted);
        end.Release();
        var events = StreamedEvent.Parse(await body);
        Assert.Equal("One two three", Api.TextOf(events[^1].Json.GetProperty("response")));
    }

    [Fact]
    public async Task Non_streamed_response_waits_for_its_gate_and_is_stored_only_afterwards()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { NewId = () => Guid.Empty });
        var gate = new ReplyGate();
        api.Emulator.Script.Reply(reply => reply.Text("Late.").HoldAfter(3, gate));
        var answer = api.CreateAsync(Whole);
        await gate.Reached;
        Assert.False(answer.IsCompleted);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{Guid.Empty}")).Status);
        gate.Release();
        Assert.Equal("Late.", Api.TextOf((await answer).Json));
    }

    [Fact]
    public async Task Scripted_reply_can_end_incomplete_failed_with_an_error_event_or_with_a_fault()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script
            .Reply(reply => reply.Text("Half of").Incomplete("max_time_limit"))
            .Reply(reply => reply.Text("Half of").Fail("server_error", "It broke."))
            .Reply(reply => reply.Text("Half of").ErrorFrame("The model produced an invalid tool call"))
            .Reply(reply => reply.Text("Half of").Fault(Fault.CutAfter(4)));
        var incomplete = (await api.StreamAsync(Streamed))[^1];
        Assert.Equal("response.incomplete", incomplete.Type);
        Assert.Equal("incomplete", Api.Item(incomplete.Json.GetProperty("response"), "message").GetProperty("status").GetString());
        Assert.Equal("response.failed", (await api.StreamAsync(Streamed))[^1].Type);
        var frame = (await api.StreamAsync(Streamed))[^1];
        Assert.Equal(("error", "The model produced an invalid tool call"), (frame.Type, frame.Json.GetProperty("message").GetString()));
        await Assert.ThrowsAnyAsync<Exception>(() => api.StreamAsync(Streamed));
    }

    [Fact]
    public async Task Several_reasoning_items_are_encrypted_and_accepted_when_resent()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.Reasoning("One.").WebSearch("oslo").Reasoning("Two.", "Three.").Text("Done."));
        var first = (await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","store":false,"include":["reasoning.encrypted_content"]}""")).Json;
        var items = string.Join(',', first.GetProperty("output").EnumerateArray().Select(item => item.GetRawText()));
        var replay = $$"""{"model":"grok-4.6","store":false,"input":[{"role":"user","content":"Hello"},{{items}},{"role":"user","content":"2 + 2"}]}""";
        Assert.Equal("2 + 2 equals 4.", Api.TextOf((await api.CreateAsync(replay)).Json));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.CreateAsync(replay.Replace("Three.", "Four.", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task Script_sets_the_usage_and_no_inline_citations_omits_the_marks()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.Text("Rain 🌧").Cite("https://a.example/").Usage(100, 20, 5, 512));
        var response = (await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","include":["no_inline_citations"]}""")).Json;
        Assert.Equal("Rain 🌧", Api.TextOf(response));
        Assert.Equal(
            """[{"type":"url_citation","url":"https://a.example/","start_index":0,"end_index":0,"title":"https://a.example/"}]""",
            Api.Item(response, "message").GetProperty("content")[0].GetProperty("annotations").GetRawText());
        Assert.Equal(512, response.GetProperty("usage").GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(120, response.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    private static void AddEverything(ReplyBuilder reply) => reply
        .Reasoning("Thinking about it.")
        .InParallel(items => items.WebSearch("oslo", "https://a.example/").XSearch("xai"))
        .OpenPage("https://a.example/").FindInPage("rain", "https://a.example/")
        .Code("print(1)", "1")
        .FileSearch("report", new FileHit("f1", "a.txt", "hit", 0.5))
        .Mcp("docs", "lookup", """{"q":1}""", "found").Mcp("docs", "lookup", error: "down")
        .Image([1, 2, 3], "a cat")
        .ReasoningText("In the open.")
        .Text("It rains").Cite("https://a.example/").Text(" in Oslo.")
        .Call("get_weather", """{"city":"Oslo"}""");
}
