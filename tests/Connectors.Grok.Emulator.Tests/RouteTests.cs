using System.Net;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Models, the account and the tokenizer, and what xAI's own client requires of each answer (docs/wire.md#endpoints).</summary>
public sealed class RouteTests
{
    private static readonly string[] Prices =
    [
        "prompt_text_token_price", "cached_prompt_text_token_price", "prompt_image_token_price", "completion_text_token_price",
        "prompt_text_token_price_long_context", "cached_prompt_text_token_price_long_context", "completion_text_token_price_long_context",
        "long_context_threshold",
    ];

    [Fact]
    public async Task Models_have_their_limits_efforts_and_prices()
    {
        await using var api = await Api.StartAsync();
        var model = (await api.SendAsync(HttpMethod.Get, "/models/grok-4.5")).Json;
        Assert.Equal(["id", "created", "object", "owned_by", "aliases", "context_length", "capabilities", .. Prices], Names(model));
        Assert.Equal("""{"reasoning_effort":["low","medium","high"],"default_reasoning_effort":"high"}""", model.GetProperty("capabilities").GetRawText());
        Assert.Equal([20_000, 3_000, 20_000, 60_000, 40_000, 6_000, 120_000, 200_000], Prices.Select(price => model.GetProperty(price).GetInt32()));
        Assert.Equal(JsonValueKind.Null, (await api.SendAsync(HttpMethod.Get, "/models/grok-4.20")).Json.GetProperty("capabilities").ValueKind);

        var list = (await api.SendAsync(HttpMethod.Get, "/models")).Json;
        var entries = list.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal((8, 5), (entries.Count(IsLanguageModel), entries.Count(entry => !IsLanguageModel(entry))));
        Assert.All(entries, entry => Assert.Subset(Names(entry).ToHashSet(), new HashSet<string> { "id", "created", "object", "owned_by", "aliases" }));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/models/grok-0")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await api.SendAsync(HttpMethod.Post, "/models")).Status);

        static bool IsLanguageModel(JsonElement entry) => entry.TryGetProperty("prompt_text_token_price", out _);
    }

    [Fact]
    public async Task Language_models_have_every_required_member()
    {
        await using var api = await Api.StartAsync();
        var models = (await api.SendAsync(HttpMethod.Get, "/language-models")).Json.GetProperty("models").EnumerateArray().ToList();
        Assert.Equal(8, models.Count);
        string[] required = ["id", "created", "object", "owned_by", "fingerprint", "version", "input_modalities", "output_modalities", "search_price", "aliases", .. Prices];
        Assert.All(models, model => Assert.Subset(Names(model).ToHashSet(), required.ToHashSet()));
        Assert.Equal(models[2].GetRawText(), (await api.SendAsync(HttpMethod.Get, $"/language-models/{Api.IdOf(models[2])}")).Body);
    }

    [Theory]
    [InlineData(false, "no_zdr")]
    [InlineData(true, "zdr")]
    public async Task Account_tells_whether_data_is_retained(bool zeroDataRetention, string status)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ZeroDataRetention = zeroDataRetention });
        var me = (await api.SendAsync(HttpMethod.Get, "/me")).Json;
        Assert.Equal(["user_id", "team_id", "zdr_status", "team_blocked", "api_key", "oauth"], Names(me));
        Assert.Equal(["redacted_api_key", "api_key_id", "blocked", "disabled"], Names(me.GetProperty("api_key")));
        Assert.Equal(status, me.GetProperty("zdr_status").GetString());
        var key = (await api.SendAsync(HttpMethod.Get, "/api-key")).Json;
        Assert.Equal(
            ["redacted_api_key", "user_id", "name", "create_time", "modify_time", "modified_by", "team_id", "acls", "api_key_id", "team_blocked", "api_key_blocked", "api_key_disabled"],
            Names(key));
    }

    [Theory]
    [InlineData("Hello, wonderful world")]
    [InlineData("  spaces  and\nlines \n")]
    [InlineData("🌧🌧🌧🌧 東京 naïve")]
    [InlineData("")]
    public async Task Tokens_form_the_text_again(string text)
    {
        await using var api = await Api.StartAsync();
        var body = $$"""{"model":"grok-4.6","text":"{{JsonEncodedText.Encode(text)}}"}""";
        var reply = await api.SendAsync(HttpMethod.Post, "/tokenize-text", body);
        var tokens = reply.Json.GetProperty("token_ids").EnumerateArray().ToList();
        Assert.Equal(text, string.Concat(tokens.Select(token => token.GetProperty("string_token").GetString())));
        Assert.Equal(Encoding.UTF8.GetBytes(text), tokens.SelectMany(token => token.GetProperty("token_bytes").EnumerateArray().Select(value => value.GetByte())));
        Assert.All(tokens, token => Assert.True(token.GetProperty("token_id").GetInt32() >= 0));
        Assert.Equal(reply.Body, (await api.SendAsync(HttpMethod.Post, "/tokenize-text", body)).Body);
    }

    [Fact]
    public async Task Tokens_of_a_text_are_as_many_as_usage_counts()
    {
        const string Text = "Please tell me everything about extraordinarily long words.";
        await using var api = await Api.StartAsync();
        var tokens = (await api.SendAsync(HttpMethod.Post, "/tokenize-text", $$"""{"model":"grok-4.6","text":"{{Text}}"}""")).Json.GetProperty("token_ids").GetArrayLength();
        Assert.Equal(tokens + 3, (await api.SayAsync(Text)).GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"model":"grok-0","text":"x"}""", 404)]
    [InlineData("""{"model":"grok-4.6"}""", 422)]
    [InlineData("""{"text":"x"}""", 422)]
    [InlineData("[]", 422)]
    [InlineData("", 415)]
    public async Task Invalid_tokenizer_request_is_rejected(string body, int status)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(status, (int)(await api.SendAsync(HttpMethod.Post, "/tokenize-text", body)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await api.SendAsync(HttpMethod.Get, "/tokenize-text")).Status);
    }

    [Fact]
    public async Task Every_answer_has_the_structure_that_the_client_of_xAI_checks()
    {
        await using var api = await Api.StartAsync();
        var created = await api.SayAsync("Hello");
        var id = Api.IdOf(created);
        foreach (var response in (JsonElement[])[created, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Json])
        {
            Assert.NotEmpty(response.GetProperty("id").GetString()!);
            Assert.Equal(JsonValueKind.String, response.GetProperty("status").ValueKind);
            Assert.Equal(JsonValueKind.Array, response.GetProperty("output").ValueKind);
        }

        var compacted = (await api.SendAsync(HttpMethod.Post, "/responses/compact", """{"model":"grok-4.6","input":"Hello"}""")).Json;
        Assert.Equal((JsonValueKind.String, JsonValueKind.Array), (compacted.GetProperty("id").ValueKind, compacted.GetProperty("output").ValueKind));
        foreach (var (path, member, isList) in ((string, string, bool)[])[($"/responses/{id}/input_items", "data", true), ("/models", "data", true), ("/language-models", "models", false), ("/files", "data", false)])
        {
            var list = (await api.SendAsync(HttpMethod.Get, path)).Json;
            Assert.Equal(JsonValueKind.Array, list.GetProperty(member).ValueKind);
            Assert.All(list.GetProperty(member).EnumerateArray(), entry => Assert.Equal(JsonValueKind.String, entry.GetProperty("id").ValueKind));
            Assert.True(!isList || list.GetProperty("object").GetString() == "list", path);
        }

        var deleted = (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Json;
        Assert.Equal((id, true), (Api.IdOf(deleted), deleted.GetProperty("deleted").GetBoolean()));
    }

    [Fact]
    public async Task DeleteWithoutBody_answers_a_deletion_with_204()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { DeleteWithoutBody = true });
        var id = Api.IdOf(await api.SayAsync("Hello"));
        var deleted = await api.SendAsync(HttpMethod.Delete, $"/responses/{id}");
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Body));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Status);
    }

    private static IEnumerable<string> Names(JsonElement obj) => obj.EnumerateObject().Select(member => member.Name);
}
