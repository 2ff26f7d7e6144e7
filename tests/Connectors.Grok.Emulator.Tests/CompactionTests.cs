using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class CompactionTests
{
    private const string Talk =
        """{"model":"grok-4.6","input":[{"role":"system","content":"Be kind."},{"role":"user","content":"My name is Alice."},{"role":"assistant","content":"Nice."}]}""";

    [Fact]
    public async Task Compaction_returns_one_item_that_keeps_the_facts_of_the_conversation()
    {
        await using var api = await Api.StartAsync();
        var compacted = (await api.SendAsync(HttpMethod.Post, "/responses/compact", Talk)).Json;
        Assert.Equal(["id", "object", "created_at", "model", "output", "usage"], compacted.EnumerateObject().Select(member => member.Name));
        Assert.StartsWith("cmp_", Api.IdOf(compacted), StringComparison.Ordinal);
        Assert.Equal("response.compaction", compacted.GetProperty("object").GetString());
        Assert.Equal(3, compacted.GetProperty("usage").GetProperty("dropped_message_count").GetInt32());

        var item = Assert.Single(compacted.GetProperty("output").EnumerateArray());
        var next = await api.CreateAsync(Continue(item));
        Assert.Equal("Your name is Alice.", Api.TextOf(next.Json));

        // A second compaction keeps the facts of the first, and a stored response that contains a compaction can be continued.
        var again = (await api.SendAsync(HttpMethod.Post, "/responses/compact", Continue(item))).Json;
        Assert.Equal("Your name is Alice.", Api.TextOf((await api.CreateAsync(Continue(again.GetProperty("output")[0]))).Json));
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", Api.IdOf(next.Json)));
    }

    [Fact]
    public async Task Altered_compaction_blob_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var item = (await api.SendAsync(HttpMethod.Post, "/responses/compact", Talk)).Json.GetProperty("output")[0];
        var blob = item.GetProperty("encrypted_content").GetString()!;
        var altered = await api.CreateAsync(Continue(item).Replace(blob, (blob[0] == 'A' ? 'B' : 'A') + blob[1..], StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, altered.Status);
        Assert.Equal("Could not decode the compaction blob. Ensure it is unmodified from the compact response.", altered.Error);
    }

    [Theory]
    [InlineData("""{"model":"grok-0","input":"x"}""", 404)]
    [InlineData("""{"model":"grok-4.6"}""", 422)]
    [InlineData("""{"model":"grok-4.6","input":[]}""", 400)]
    [InlineData("""{""", 400)]
    public async Task Invalid_compaction_request_gets_the_status_of_an_invalid_create_request(string body, int status)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(status, (int)(await api.SendAsync(HttpMethod.Post, "/responses/compact", body)).Status);
    }

    [Fact]
    public async Task Input_items_of_a_response_are_listed_until_it_is_deleted()
    {
        await using var api = await Api.StartAsync();
        var id = Api.IdOf((await api.CreateAsync(Talk)).Json);
        var list = (await api.SendAsync(HttpMethod.Get, $"/responses/{id}/input_items")).Json;
        Assert.Equal(("list", 3), (list.GetProperty("object").GetString(), list.GetProperty("data").GetArrayLength()));
        Assert.Equal("Be kind.", list.GetProperty("data")[0].GetProperty("content").GetString());
        var text = Api.IdOf(await api.SayAsync("Hello", id));
        var one = (await api.SendAsync(HttpMethod.Get, $"/responses/{text}/input_items")).Json.GetProperty("data");
        Assert.Equal("""[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello"}]}]""", one.GetRawText());
        await api.SendAsync(HttpMethod.Delete, $"/responses/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}/input_items")).Status);
    }

    private static string Continue(JsonElement item) =>
        $$"""{"model":"grok-4.6","input":[{{item.GetRawText()}},{"role":"user","content":"What's my name?"}]}""";
}
