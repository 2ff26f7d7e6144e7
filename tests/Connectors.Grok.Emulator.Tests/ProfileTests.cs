using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class ProfileTests
{
    [Fact]
    public async Task Docs2025_response_has_the_members_of_2025()
    {
        await using var api = await Api.StartAsync(Docs2025());
        var response = await api.SayAsync("Hello");
        Assert.Equal(
            [
                "created_at", "id", "max_output_tokens", "model", "object", "output", "parallel_tool_calls", "previous_response_id", "reasoning", "temperature",
                "text", "tool_choice", "tools", "top_p", "usage", "user", "incomplete_details", "status", "store", "metadata",
            ],
            response.EnumerateObject().Select(member => member.Name));
        Assert.EndsWith("_us-east-1", Api.IdOf(response), StringComparison.Ordinal);
        Assert.Equal("{}", response.GetProperty("metadata").GetRawText());
        Assert.False(response.GetProperty("usage").TryGetProperty("cost_in_usd_ticks", out _));
        Assert.Equal("null", response.GetProperty("temperature").GetRawText());
        await api.SayAsync("And now?", Api.IdOf(response));
    }

    [Fact]
    public async Task Docs2025_stream_has_legacy_searches_and_citations_and_ends_with_done()
    {
        await using var api = await Api.StartAsync(Docs2025());
        api.Emulator.Script.Reply(reply => reply.WebSearch("oslo", "https://a.example/").Text("Rain").Cite("https://a.example/"));
        var events = await api.StreamAsync("""{"model":"grok-4.6","input":"Hello","stream":true}""");
        Assert.Equal("[DONE]", events[^1].Data);
        Assert.False(events[0].Json.GetProperty("response").TryGetProperty("usage", out _));
        Assert.Equal(["response.output_item.added", "response.output_item.done"], events.Skip(2).Take(2).Select(streamed => streamed.Type));
        var response = events[^2].Json.GetProperty("response");
        var search = Api.Item(response, "web_search_call");
        Assert.Equal("""{"query":"oslo"}""", search.GetProperty("arguments").GetString());
        Assert.StartsWith("fc_", search.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("""[{"type":"url_citation","url":"https://a.example/"}]""", Api.Item(response, "message").GetProperty("content")[0].GetProperty("annotations").GetRawText());
    }

    [Theory]
    [InlineData("""{"model":"grok-0","input":"Hello"}""", 404, "Some requested entity was not found")]
    [InlineData("""{"model":"grok-4.6","input":"Hello","stop":[]}""", 400, "Client specified an invalid argument")]
    [InlineData("""{"model":"grok-4.6","input":[{"role":"user","content":"a"},{"role":"system","content":"b"}]}""", 400, "Client specified an invalid argument")]
    public async Task Docs2025_error_codes_are_sentences(string body, int status, string code)
    {
        await using var api = await Api.StartAsync(Docs2025());
        var reply = await api.CreateAsync(body);
        Assert.Equal((status, code), ((int)reply.Status, reply.Code));
    }

    [Fact]
    public async Task Docs2025_fault_has_a_sentence_as_its_error_code()
    {
        await using var api = await Api.StartAsync(Docs2025());
        api.Emulator.Faults.Enqueue(Fault.RateLimited());
        Assert.Equal("Some resource has been exhausted", (await api.CreateAsync("{}")).Code);
    }

    [Fact]
    public async Task System_message_in_a_continuation_is_rejected_by_Docs2025_and_accepted_by_Current()
    {
        const string Body = """{"model":"grok-4.6","input":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]PREVIOUS}""";
        foreach (var profile in Enum.GetValues<GrokProfile>())
        {
            await using var api = await Api.StartAsync(new GrokEmulatorOptions { Profile = profile });
            var first = await api.CreateAsync(Body.Replace("PREVIOUS", ""));
            var second = await api.CreateAsync(Body.Replace("PREVIOUS", $",\"previous_response_id\":\"{Api.IdOf(first.Json)}\""));
            Assert.Equal(profile == GrokProfile.Current ? HttpStatusCode.OK : HttpStatusCode.BadRequest, second.Status);
        }
    }

    private static GrokEmulatorOptions Docs2025() => new() { Profile = GrokProfile.Docs2025 };
}
