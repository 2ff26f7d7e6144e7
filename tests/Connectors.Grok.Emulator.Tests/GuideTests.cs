using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>The examples of xAI's guide, as requests and responses on the wire.</summary>
public sealed class GuideTests
{
    private const string System = "You are Grok, a chatbot inspired by the Hitchhiker's Guide to the Galaxy.";

    private static string FirstTurn(string more = "") => $$"""
        {"model":"grok-4","input":[{"role":"system","content":"{{System}}"},{"role":"user","content":"What is the meaning of life, the universe, and everything?"}]{{more}}}
        """;

    [Fact]
    public async Task Guide_example_continues_by_id_and_retrieves_and_deletes_the_response()
    {
        await using var api = await Api.StartAsync();
        var first = await api.CreateAsync(FirstTurn());
        Assert.Contains("42", Api.TextOf(first.Json), StringComparison.Ordinal);
        var second = await api.SayAsync("What is the meaning of 42?", Api.IdOf(first.Json), model: "grok-4");
        Assert.StartsWith("As I said, 42", Api.TextOf(second), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, $"/responses/{Api.IdOf(second)}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Delete, $"/responses/{Api.IdOf(second)}")).Status);
    }

    [Fact]
    public async Task Guide_example_continues_by_resending_encrypted_reasoning()
    {
        await using var api = await Api.StartAsync();
        var first = await api.CreateAsync(FirstTurn(""","store":false,"include":["reasoning.encrypted_content"]"""));
        var output = string.Join(',', first.Json.GetProperty("output").EnumerateArray().Select(item => item.GetRawText()));
        var second = await api.CreateAsync($$"""
            {"model":"grok-4","store":false,"include":["reasoning.encrypted_content"],"input":[{"role":"system","content":"{{System}}"},
            {"role":"user","content":"What is the meaning of life, the universe, and everything?"},{{output}},{"role":"user","content":"What is the meaning of 42?"}]}
            """);
        Assert.StartsWith("As I said, 42", Api.TextOf(second.Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_example_evaluates_arithmetic_from_string_and_message_input()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal("101*3 equals 303.", Api.TextOf(await api.SayAsync("What is 101*3", model: "grok-4")));
        var mathematician = await api.CreateAsync(
            """{"model":"grok-4","input":[{"role":"system","content":"You are a PhD-level mathematician."},{"role":"user","content":"What is 2 + 2?"}]}""");
        Assert.Equal("2 + 2 equals 4.", Api.TextOf(mathematician.Json));
    }

    [Fact]
    public async Task Guide_example_explains_a_joke_of_the_resent_history()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync("""
            {"model":"grok-4","input":[{"role":"system","content":[{"type":"input_text","text":"You are a helpful and funny assistant."}]},
            {"role":"user","content":[{"type":"input_text","text":"Why don't eggs tell jokes?"}]},
            {"role":"assistant","content":[{"type":"output_text","text":"They'd crack up!"}]},
            {"role":"user","content":[{"type":"input_text","text":"Can you explain the joke?"}]}]}
            """);
        Assert.Contains("They'd crack up!", Api.TextOf(reply.Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_example_recalls_a_name_from_a_stored_response()
    {
        await using var api = await Api.StartAsync();
        var first = Api.IdOf(await api.SayAsync("Hello, my name is Alice. Remember this.", model: "grok-4", more: ",\"store\":true"));
        Assert.Equal("Your name is Alice.", Api.TextOf(await api.SayAsync("What's my name?", first, model: "grok-4")));
    }

    [Fact]
    public async Task Guide_example_plans_a_trip_over_three_turns()
    {
        await using var api = await Api.StartAsync();
        var first = Api.IdOf(await api.SayAsync("I'm planning a trip to Japan.", model: "grok-4"));
        var second = await api.SayAsync("What should I pack?", first, model: "grok-4");
        var third = await api.SayAsync("What about the best time to visit?", Api.IdOf(second), model: "grok-4");
        Assert.Contains("trip to Japan, pack", Api.TextOf(second), StringComparison.Ordinal);
        Assert.Contains("best time to visit Japan", Api.TextOf(third), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_example_answers_as_a_support_agent_over_three_turns()
    {
        await using var api = await Api.StartAsync();
        var first = await api.SayAsync("I have a billing question", model: "grok-4", more: ",\"instructions\":\"You are a helpful customer support agent.\",\"previous_response_id\":null");
        var second = await api.SayAsync("My account number is 12345", Api.IdOf(first), model: "grok-4");
        var third = Api.TextOf(await api.SayAsync("Why was I charged twice?", Api.IdOf(second), model: "grok-4"));
        Assert.Contains("billing", Api.TextOf(first), StringComparison.Ordinal);
        Assert.Contains("account 12345", third, StringComparison.Ordinal);
        Assert.Contains("support agent", third, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_example_describes_an_inline_image_and_names_the_host_of_a_linked_one()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync($$"""
            {"model":"grok-4","store":false,"input":[{"role":"user","content":[
            {"type":"input_image","image_url":"{{Pictures.Jpeg(640, 480)}}","detail":"high"},{"type":"input_text","text":"What is in this image?"}]}]}
            """);
        Assert.Equal("I see 1 image: a JPEG of 640 x 480 pixels (21 bytes, detail high).", Api.TextOf(reply.Json));
        var linked = await api.CreateAsync("""
            {"model":"grok-4","input":[{"role":"user","content":[{"type":"input_text","text":"What's in this image?"},
            {"type":"input_image","image_url":"https://science.nasa.gov/wp-content/uploads/2023/09/web-first-images-release.png","detail":"high"}]}]}
            """);
        Assert.Contains("science.nasa.gov, which this emulator does not fetch (detail high)", Api.TextOf(linked.Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_example_gets_404_for_an_expired_id_and_can_start_a_new_conversation()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync("""{"model":"grok-4","input":"Continue our conversation","previous_response_id":"expired_or_invalid_id"}""");
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), (reply.Status, reply.Code));
        Assert.Equal(JsonValueKind.String, (await api.SayAsync("Continue our conversation", model: "grok-4")).GetProperty("id").ValueKind);
    }
}
