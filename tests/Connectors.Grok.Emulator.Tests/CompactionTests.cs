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
        Assert.Equal(1, compacted.GetProperty("usage").GetProperty("dropped_message_count").GetInt32());
        Assert.Equal(
            ["input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens", "dropped_message_count"],
            compacted.GetProperty("usage").EnumerateObject().Select(member => member.Name));

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
    [InlineData("""{"input":"Hello"}""", 422)]
    [InlineData("""{"model":"grok-4.6","input":"Hello"}""", 200)]
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
        Assert.Equal($$"""[{"id":"item_{{text}}_0","type":"message","role":"user","content":[{"type":"input_text","text":"Hello"}]}]""", one.GetRawText());
        await api.SendAsync(HttpMethod.Delete, $"/responses/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}/input_items")).Status);
    }

    [Fact]
    public async Task Compaction_keeps_attached_files_and_the_last_question_in_full()
    {
        await using var api = await Api.StartAsync();
        var question = string.Concat(Enumerable.Repeat("filler ", 60)) + "and my name is Alice.";
        var compacted = (await api.SendAsync(HttpMethod.Post, "/responses/compact", $$"""
            {"model":"grok-4.7","input":[{"role":"user","content":[{"type":"input_file","filename":"a.txt","file_data":"VGhlIHNreSBpcyBncmVlbi4="}]},
            {"role":"user","content":"{{question}}"}]}
            """)).Json;
        Assert.Equal(1, compacted.GetProperty("usage").GetProperty("dropped_message_count").GetInt32());
        var item = compacted.GetProperty("output")[0];
        Assert.Equal("Your name is Alice.", Api.TextOf((await api.CreateAsync(Continue(item))).Json));
        var asked = await api.CreateAsync($$"""{"model":"grok-4.6","input":[{{item.GetRawText()}},{"role":"user","content":"What colour is the sky, according to the file?"}]}""");
        Assert.Equal("According to a.txt: The sky is green.", Api.TextOf(asked.Json));
    }

    [Fact]
    public async Task Compaction_of_an_input_beyond_the_context_window_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var text = new System.Text.StringBuilder().Insert(0, "abcd ", 260_000);
        var reply = await api.SendAsync(HttpMethod.Post, "/responses/compact", $$"""{"model":"grok-build-0.1","input":"{{text}}"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "This model's maximum prompt length is 256000 but the request contains 260003 tokens."), (reply.Status, reply.Error));
    }

    [Fact]
    public async Task Input_items_are_paged_in_both_orders_with_stable_ids()
    {
        await using var api = await Api.StartAsync();
        var messages = string.Join(',', Enumerable.Range(0, 25).Select(number => $$"""{"role":"user","content":"{{number}}"}"""));
        var id = Api.IdOf((await api.CreateAsync($$"""{"model":"grok-4.6","input":[{"role":"assistant","id":"msg_1","content":"first"},{"role":"assistant","id":"msg_1","content":"second"},{{messages}}]}""")).Json);
        var first = await ItemsAsync("");
        Assert.Equal((20, true), (first.GetProperty("data").GetArrayLength(), first.GetProperty("has_more").GetBoolean()));
        Assert.Equal(["msg_1", $"item_{id}_1", $"item_{id}_2"], Ids(first).Take(3));
        Assert.Equal((Ids(first)[0], Ids(first)[^1]), (first.GetProperty("first_id").GetString(), first.GetProperty("last_id").GetString()));
        var rest = await ItemsAsync($"?after={first.GetProperty("last_id")}");
        Assert.Equal((7, false), (rest.GetProperty("data").GetArrayLength(), rest.GetProperty("has_more").GetBoolean()));
        Assert.Equal(27, Ids(first).Concat(Ids(rest)).Distinct().Count());
        Assert.Equal([$"item_{id}_26", $"item_{id}_25"], Ids(await ItemsAsync("?order=desc&limit=2")));
        var beyond = await ItemsAsync($"?after=item_{id}_26");
        Assert.Equal(("[]", JsonValueKind.Null, false), (beyond.GetProperty("data").GetRawText(), beyond.GetProperty("first_id").ValueKind, beyond.GetProperty("has_more").GetBoolean()));
        foreach (var query in (string[])["?limit=0", "?limit=101", "?limit=x", "?order=up", "?after=item_unknown"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}/input_items{query}")).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/responses/unknown/input_items")).Status);

        async Task<JsonElement> ItemsAsync(string query) => (await api.SendAsync(HttpMethod.Get, $"/responses/{id}/input_items{query}")).Json;

        static string[] Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(Api.IdOf)];
    }

    private static string Continue(JsonElement item) =>
        $$"""{"model":"grok-4.6","input":[{{item.GetRawText()}},{"role":"user","content":"What's my name?"}]}""";
}
