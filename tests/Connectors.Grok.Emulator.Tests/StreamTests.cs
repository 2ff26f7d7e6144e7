using System.Text.Json.Nodes;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class StreamTests
{
    private const string Weather =
        """{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";

    [Fact]
    public async Task Reasoning_and_text_events_have_the_recorded_order()
    {
        await using var api = await Api.StartAsync();
        var events = await api.StreamAsync("""{"model":"grok-4.6","input":"What is 2 + 2?","stream":true}""");

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "response.reasoning_summary_part.done",
                "response.output_item.done", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            WithoutRepeats(events));
        Assert.All(events, streamed => Assert.Equal(streamed.Type, streamed.Name));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(streamed => streamed.Json.GetProperty("sequence_number").GetInt32()));
        Assert.Equal("2 + 2 equals 4.", Joined(events, "response.output_text.delta"));
        Assert.True(events.Count(streamed => streamed.Type == "response.output_text.delta") > 3);
    }

    [Fact]
    public async Task First_events_contain_no_usage_output_or_encrypted_reasoning()
    {
        await using var api = await Api.StartAsync();
        var events = await api.StreamAsync("""{"model":"grok-4.7","input":"Hello","stream":true}""");
        foreach (var streamed in events.Take(2))
        {
            var response = streamed.Json.GetProperty("response");
            Assert.Equal("null", response.GetProperty("usage").GetRawText());
            Assert.Equal("null", response.GetProperty("completed_at").GetRawText());
            Assert.Equal("in_progress", response.GetProperty("status").GetString());
            Assert.Equal("[]", response.GetProperty("output").GetRawText());
        }

        Assert.False(events[2].Json.GetProperty("item").TryGetProperty("encrypted_content", out _));
        Assert.True(events.First(streamed => streamed.Type == "response.output_item.done").Json.GetProperty("item").TryGetProperty("encrypted_content", out _));
    }

    [Fact]
    public async Task Built_in_answer_is_the_same_with_and_without_streaming()
    {
        await using var first = await Api.StartAsync(Repeatable());
        await using var second = await Api.StartAsync(Repeatable());
        const string Body = """{"model":"grok-4.6","input":"What is the weather in Oslo?","tools":[TOOL]STREAM}""";
        foreach (var tool in (string[])["""{"type":"web_search"}""", Weather])
        {
            var whole = (await first.CreateAsync(Body.Replace("TOOL", tool).Replace("STREAM", ""))).Body;
            var events = await second.StreamAsync(Body.Replace("TOOL", tool).Replace("STREAM", ",\"stream\":true"));
            Assert.Equal(whole, events[^1].Json.GetProperty("response").GetRawText());
            Assert.Equal(whole, (await second.SendAsync(HttpMethod.Get, $"/responses/{JsonNode.Parse(whole)!["id"]}")).Body);
        }
    }

    [Fact]
    public async Task Function_call_arguments_are_streamed_in_one_delta()
    {
        await using var api = await Api.StartAsync();
        var events = await api.StreamAsync($$"""{"model":"grok-4.20-non-reasoning","input":"What is the weather in Oslo?","stream":true,"tools":[{{Weather}}]}""");
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ],
            events.Select(streamed => streamed.Type));
        Assert.Equal("", events[2].Json.GetProperty("item").GetProperty("arguments").GetString());
        Assert.Equal("""{"city":"Oslo"}""", events[3].Json.GetProperty("delta").GetString());
        Assert.Equal("""{"city":"Oslo"}""", events[5].Json.GetProperty("item").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Function_call_arguments_are_split_when_stream_tool_calls_is_set()
    {
        await using var api = await Api.StartAsync();
        var events = await api.StreamAsync($$"""{"model":"grok-4.6","input":"What is the weather in Oslo?","stream":true,"stream_tool_calls":true,"tools":[{{Weather}}]}""");
        Assert.True(events.Count(streamed => streamed.Type == "response.function_call_arguments.delta") > 1);
        Assert.Equal("""{"city":"Oslo"}""", Joined(events, "response.function_call_arguments.delta"));
    }

    [Fact]
    public async Task Citation_events_follow_the_text_and_count_code_points()
    {
        await using var api = await Api.StartAsync();
        var events = await api.StreamAsync(
            """{"model":"grok-4.6","stream":true,"tools":[{"type":"web_search"}],"input":[{"role":"system","content":"Start every answer with '🛰️'."},{"role":"user","content":"Search the news about 🛰️"}]}""");
        var types = WithoutRepeats(events);
        Assert.Equal(
            ["response.output_text.delta", "response.output_text.annotation.added", "response.output_text.done"],
            types.SkipWhile(type => type != "response.output_text.delta").Take(3));
        Assert.Equal(
            ["response.web_search_call.in_progress", "response.web_search_call.searching", "response.web_search_call.completed"],
            types.Where(type => type.StartsWith("response.web_search_call", StringComparison.Ordinal)));

        var runes = Joined(events, "response.output_text.delta").EnumerateRunes().ToList();
        foreach (var citation in events.Where(streamed => streamed.Type.EndsWith("annotation.added", StringComparison.Ordinal)).Select(streamed => streamed.Json.GetProperty("annotation")))
        {
            var (start, end) = (citation.GetProperty("start_index").GetInt32(), citation.GetProperty("end_index").GetInt32());
            Assert.Equal(
                $"[[{citation.GetProperty("title").GetString()}]]({citation.GetProperty("url").GetString()})",
                string.Concat(runes.Take(start..end)));
        }
    }

    [Fact]
    public async Task Answer_beyond_max_output_tokens_ends_incomplete()
    {
        await using var api = await Api.StartAsync();
        var events = await api.StreamAsync("""{"model":"grok-4.6","input":"Count to 50","stream":true,"max_output_tokens":5}""");
        var response = events[^1].Json.GetProperty("response");
        Assert.Equal("response.incomplete", events[^1].Type);
        Assert.Equal("incomplete", response.GetProperty("status").GetString());
        Assert.Equal("""{"reason":"max_output_tokens"}""", response.GetProperty("incomplete_details").GetRawText());
        Assert.Equal("1, 2, 3, 4, 5,", Api.TextOf(response));
    }

    [Fact]
    public async Task Stream_ends_with_done_only_when_SendDone_is_set()
    {
        await using var plain = await Api.StartAsync();
        Assert.Equal("response.completed", (await plain.StreamAsync("""{"model":"grok-4.6","input":"Hi","stream":true}"""))[^1].Type);
        await using var switched = await Api.StartAsync(new GrokEmulatorOptions { SendDone = true });
        Assert.Equal("[DONE]", (await switched.StreamAsync("""{"model":"grok-4.6","input":"Hi","stream":true}"""))[^1].Data);
    }

    [Fact]
    public async Task Events_arrive_while_the_stream_is_paused()
    {
        // The pause never ends, so every event that arrives was flushed before it.
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TokenDelay = TimeSpan.FromDays(1) });
        using var response = await api.OpenStreamAsync("""{"model":"grok-4.20-non-reasoning","input":"Hi","stream":true}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var seen = new List<string>();
        while (!seen.Contains("event: response.content_part.added"))
        {
            seen.Add((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        }

        Assert.DoesNotContain("event: response.output_text.delta", seen);
    }

    private static GrokEmulatorOptions Repeatable()
    {
        var number = 0;
        return new GrokEmulatorOptions
        {
            TimeProvider = new ManualTime(),
            NewId = () => new Guid(Interlocked.Increment(ref number), 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        };
    }

    private static string Joined(IEnumerable<StreamedEvent> events, string type) =>
        string.Concat(events.Where(streamed => streamed.Type == type).Select(streamed => streamed.Json.GetProperty("delta").GetString()));

    private static List<string> WithoutRepeats(IEnumerable<StreamedEvent> events)
    {
        var types = new List<string>();
        foreach (var streamed in events)
        {
            if (types.Count == 0 || types[^1] != streamed.Type)
            {
                types.Add(streamed.Type);
            }
        }

        return types;
    }
}
