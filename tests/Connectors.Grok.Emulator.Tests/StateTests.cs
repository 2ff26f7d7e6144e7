using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class StateTests
{
    [Fact]
    public async Task Chain_of_responses_keeps_the_facts_of_earlier_turns()
    {
        await using var api = await Api.StartAsync();
        var first = await api.SayAsync("Hello, my name is Alice. Remember this.");
        var second = await api.SayAsync("What is 101*3", Api.IdOf(first));
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", Api.IdOf(second)));
        Assert.Equal(Api.IdOf(first), second.GetProperty("previous_response_id").GetString());
    }

    [Fact]
    public async Task Forks_of_a_response_are_independent()
    {
        await using var api = await Api.StartAsync();
        var root = Api.IdOf(await api.SayAsync("Hi"));
        var blue = Api.IdOf(await api.SayAsync("My favourite colour is blue", root));
        var red = Api.IdOf(await api.SayAsync("My favourite colour is red", root));
        var answers = await Task.WhenAll(
            api.AnswerAsync("What is my favourite colour?", blue),
            api.AnswerAsync("What is my favourite colour?", red),
            api.AnswerAsync("What is my favourite colour?", root));
        Assert.Equal(["Your favourite colour is blue.", "Your favourite colour is red.", "You have not told me your favourite colour yet."], answers);
    }

    [Fact]
    public async Task Deleting_earlier_responses_keeps_the_conversation_of_later_ones()
    {
        await using var api = await Api.StartAsync();
        var first = Api.IdOf(await api.SayAsync("My name is Alice."));
        var second = Api.IdOf(await api.SayAsync("Hello", first));
        var third = Api.IdOf(await api.SayAsync("Hello again", second));
        await api.SendAsync(HttpMethod.Delete, $"/responses/{second}");
        await api.SendAsync(HttpMethod.Delete, $"/responses/{first}");
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", third));
        AssertNotFound(second, await Continue(api, second));
    }

    [Fact]
    public async Task Response_that_is_not_stored_cannot_be_continued_or_retrieved()
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync("Hello", more: ",\"store\":false");
        Assert.False(response.GetProperty("store").GetBoolean());
        AssertNotFound(Api.IdOf(response), await Continue(api, Api.IdOf(response)));
        AssertNotFound(Api.IdOf(response), await api.SendAsync(HttpMethod.Get, $"/responses/{Api.IdOf(response)}"));
        AssertNotFound("resp_abc123", await Continue(api, "resp_abc123"));
    }

    [Fact]
    public async Task Responses_expire_after_thirty_days()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time });
        var first = Api.IdOf(await api.SayAsync("My name is Alice."));
        time.Advance(TimeSpan.FromDays(29));
        var second = Api.IdOf(await api.SayAsync("Hello", first));
        time.Advance(TimeSpan.FromDays(1));
        AssertNotFound(first, await Continue(api, first));
        AssertNotFound(first, await api.SendAsync(HttpMethod.Delete, $"/responses/{first}"));
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", second));
    }

    [Fact]
    public async Task Cached_tokens_grow_for_a_chain_and_for_a_resent_history()
    {
        var text = string.Join(' ', Enumerable.Repeat("Please remember this rather long sentence about nothing in particular, because it fills the cache.", 12));
        await using var api = await Api.StartAsync();
        var first = await api.SayAsync(text);
        var second = await api.SayAsync("Hello", Api.IdOf(first));
        var third = await api.SayAsync("Hello", Api.IdOf(second));
        Assert.Equal(0, Cached(first));
        Assert.InRange(Cached(second), 128, Input(second));
        Assert.Equal(0, Cached(second) % 128);
        var answer = string.Join(' ', Enumerable.Repeat("Another sentence that fills the cache.", 40));
        var fourth = await api.SayAsync(answer, Api.IdOf(third));
        Assert.True(Cached(await api.SayAsync("Hello", Api.IdOf(fourth))) > Cached(second));
        Assert.Equal(
            ((Input(third) - Cached(third)) * 20_000) + (Cached(third) * 5_000) + (third.GetProperty("usage").GetProperty("output_tokens").GetInt64() * 60_000),
            third.GetProperty("usage").GetProperty("cost_in_usd_ticks").GetInt64());

        var resent = await api.CreateAsync($$"""
            {"model":"grok-4.6","store":false,"input":[{"role":"user","content":"{{text}}"},
            {"role":"assistant","content":[{"type":"output_text","text":{{Api.Item(first, "message").GetProperty("content")[0].GetProperty("text").GetRawText()}}}]},
            {"role":"user","content":"Hello"}]}
            """);
        Assert.Equal(Input(second), Input(resent.Json));
        Assert.True(Cached(resent.Json) >= Cached(second));
    }

    [Fact]
    public async Task System_message_of_the_first_turn_applies_to_the_next()
    {
        await using var api = await Api.StartAsync();
        var first = await api.CreateAsync("""{"model":"grok-4.6","input":[{"role":"developer","content":"Answer in upper case."},{"role":"user","content":"Hello"}]}""");
        Assert.Equal("2 + 2 EQUALS 4.", await api.AnswerAsync("2 + 2", Api.IdOf(first.Json)));
    }

    [Theory]
    [InlineData(true, "2 + 2 EQUALS 4.")]
    [InlineData(false, "2 + 2 equals 4.")]
    public async Task InheritInstructions_decides_whether_instructions_apply_to_the_next_turn(bool inherits, string expected)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { InheritInstructions = inherits });
        var first = await api.SayAsync("hello", more: ",\"instructions\":\"Answer in upper case.\"");
        Assert.Equal(Api.TextOf(first).ToUpperInvariant(), Api.TextOf(first));
        Assert.Equal(expected, await api.AnswerAsync("2 + 2", Api.IdOf(first)));
    }

    [Fact]
    public async Task Response_without_content_cannot_be_continued()
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync("Say \"incomprehensibilities\"", more: ",\"max_output_tokens\":1");
        Assert.Equal("incomplete", response.GetProperty("status").GetString());
        var reply = await Continue(api, Api.IdOf(response));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal("Each message must have at least one content element.", reply.Error);
    }

    [Fact]
    public async Task Zero_data_retention_rejects_storing_and_continuing()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ZeroDataRetention = true });
        Assert.Equal(HttpStatusCode.BadRequest, (await api.CreateAsync("""{"model":"grok-4.6","input":"Hello"}""")).Status);
        var reply = await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","store":false}""");
        Assert.Equal("true", reply.Header("x-zero-data-retention"));
        var continued = await Continue(api, Api.IdOf(reply.Json));
        Assert.Equal(HttpStatusCode.NotFound, continued.Status);
        Assert.Equal("""{"code":"not-found","error":"Previous response cannot be used for this organization due to Zero Data Retention"}""", continued.Body);
    }

    private static Task<Reply> Continue(Api api, string id) =>
        api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","previous_response_id":"{{id}}"}""");

    private static void AssertNotFound(string id, Reply reply)
    {
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Equal($$"""{"code":"not-found","error":"Response with id={{id}} not found"}""", reply.Body);
    }

    private static long Input(System.Text.Json.JsonElement response) => response.GetProperty("usage").GetProperty("input_tokens").GetInt64();

    private static long Cached(System.Text.Json.JsonElement response) =>
        response.GetProperty("usage").GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt64();
}
