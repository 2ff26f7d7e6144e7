using System.Net;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests;

/// <summary>The routes beside those of single responses.</summary>
public class GrokResponsesClientRoutesTests
{
    private const string Models = """
        {"object":"list","data":[
          {"id":"grok-5","created":1754000000,"object":"model","owned_by":"xai","aliases":["grok-5-latest"],"context_length":750000,
           "capabilities":{"reasoning_effort":["low","high"],"default_reasoning_effort":"low"},"long_context_threshold":300000,
           "prompt_text_token_price":20000,"cached_prompt_text_token_price":5000,"prompt_image_token_price":0,"completion_text_token_price":60000,
           "prompt_text_token_price_long_context":40000,"cached_prompt_text_token_price_long_context":10000,"completion_text_token_price_long_context":120000},
          {"id":"grok-imagine","created":1,"object":"model","owned_by":"xai","context_length":8000,"image_price":700000000,"pricing":[{"quality":"high"}],"capabilities":"odd"}]}
        """;

    private readonly StubHandler _handler = new();

    private GrokResponsesClient Client() => new(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint }, new HttpClient(_handler));

    private string LastRoute => $"{_handler.Requests[^1].Method} {_handler.Requests[^1].Uri.PathAndQuery}";

    [Fact]
    public async Task Response_is_deleted_when_the_service_answers_204_without_a_body()
    {
        using var client = Client();
        _handler.Reply(static () => new HttpResponseMessage(HttpStatusCode.NoContent));
        Assert.Equal(new DeleteResponseResult { Id = "r/1", Deleted = true }, await client.DeleteAsync("r/1"));
        Assert.Equal("DELETE /v1/responses/r%2F1", LastRoute);

        _handler.Reply(static () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) });
        Assert.Equal(GrokErrorKind.Server, (await Assert.ThrowsAsync<GrokException>(() => client.DeleteAsync("r"))).Kind);
    }

    [Fact]
    public async Task CompactAsync_returns_the_item_that_the_next_request_begins_with()
    {
        using var client = Client();
        _handler.Json("""{"object":"response.compaction","id":"cmp_1","created_at":1,"model":"grok-4.3","output":[{"type":"compaction","id":"cmp_1","encrypted_content":"ab"}],"usage":{"input_tokens":9327,"input_tokens_details":{"cached_tokens":128},"output_tokens":1850,"output_tokens_details":{"reasoning_tokens":100},"total_tokens":11177,"dropped_message_count":12}}""")
            .Json(Some.Answer(Some.Message("ok")));
        var compaction = await client.CompactAsync(new() { Model = "grok-4.3", Input = [new MessageItem { Role = "user", Content = [new InputTextPart("q")] }] });
        Assert.Equal("POST /v1/responses/compact", LastRoute);
        Assert.Equal("""{"model":"grok-4.3","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]}]}""", _handler.LastBody);
        Assert.Equal(("cmp_1", 9327L, 128L, 1850L, 100L, 11177L, 12L), (compaction.Id, compaction.Usage!.InputTokens, compaction.Usage.InputTokensDetails!.CachedTokens, compaction.Usage.OutputTokens,
            compaction.Usage.OutputTokensDetails!.ReasoningTokens, compaction.Usage.TotalTokens, compaction.Usage.DroppedMessageCount));

        await client.CreateAsync(new() { Model = "grok-4.7", Input = [.. compaction.Output!, new MessageItem { Role = "user", Content = [new InputTextPart("next")] }] });
        Assert.Equal("""{"type":"compaction","encrypted_content":"ab","id":"cmp_1"}""", _handler.LastJson["input"]![0]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"model":"m"}""")]
    [InlineData("""{"model":"m","input":[]}""")]
    [InlineData("""{"model":" ","input":[{"type":"message","role":"user","content":"q"}]}""")]
    public async Task CompactAsync_throws_without_a_model_or_an_input(string request)
    {
        using var client = Client();
        await Assert.ThrowsAsync<ArgumentException>(nameof(request), () => client.CompactAsync(JsonSerializer.Deserialize(request, WireJson.Context.CreateCompactionRequest)!));
        await Assert.ThrowsAsync<ArgumentNullException>(nameof(request), () => client.CompactAsync(null!));
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Compaction_without_an_item_is_an_error_of_the_service()
    {
        using var client = Client();
        _handler.Json("""{"object":"response.compaction","id":"cmp_1","output":[],"usage":"odd"}""");
        var e = await Assert.ThrowsAsync<GrokException>(() => client.CompactAsync(new() { Model = "m", Input = [new MessageItem { Role = "user" }] }));
        Assert.Equal((GrokErrorKind.Server, false), (e.Kind, e.IsTransient));
    }

    [Fact]
    public async Task Input_items_are_read_page_by_page_as_they_are_needed()
    {
        using var client = Client();
        _handler.Json("""{"object":"list","data":[{"type":"message","id":"m_1","role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[]}],"first_id":"m_1","last_id":"rs_1","has_more":true}""")
            .Json("""{"object":"list","data":[{"type":"hologram","id":"h_1"}],"last_id":"h_1","has_more":false}""");
        var items = client.ListInputItemsAsync("r/1", pageSize: 2);
        Assert.Empty(_handler.Requests);

        var enumerator = items.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await enumerator.MoveNextAsync();
        Assert.Equal("m_1", Assert.IsType<MessageItem>(enumerator.Current).Id);
        await enumerator.MoveNextAsync();
        Assert.Equal("rs_1", enumerator.Current.Id);
        Assert.Equal("GET /v1/responses/r%2F1/input_items?limit=2", LastRoute);
        Assert.Single(_handler.Requests);

        await enumerator.MoveNextAsync();
        Assert.IsType<UnknownItem>(enumerator.Current);
        Assert.Equal("GET /v1/responses/r%2F1/input_items?limit=2&after=rs_1", LastRoute);
        Assert.False(await enumerator.MoveNextAsync());
        await enumerator.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"data":[{"type":"message","id":"a","role":"user","content":"a"}],"has_more":true}""", 1)]
    [InlineData("""{"data":[],"has_more":true,"last_id":"z"}""", 0)]
    [InlineData("""{}""", 0)]
    public async Task Page_of_input_items_that_does_not_move_on_ends_the_list(string page, int count)
    {
        using var client = Client();
        _handler.Json(page);
        Assert.Equal(count, (await client.ListInputItemsAsync("r", after: "z", descending: true).ToListAsync()).Count);
        Assert.Equal("GET /v1/responses/r/input_items?order=desc&after=z", LastRoute);
    }

    [Fact]
    public void Input_items_check_their_arguments_when_the_method_is_called()
    {
        using var client = Client();
        Assert.Throws<ArgumentException>("responseId", () => { client.ListInputItemsAsync(" "); });
        Assert.Throws<ArgumentException>("responseId", () => { client.ListInputItemsAsync(".."); });
        Assert.Throws<ArgumentOutOfRangeException>("pageSize", () => { client.ListInputItemsAsync("r", pageSize: 101); });
    }

    [Fact]
    public async Task Models_have_capabilities_window_prices_and_their_step()
    {
        using var client = Client();
        var models = await ListAsync(client);
        var text = models[0];
        Assert.Equal(["low", "high"], text.Capabilities!.ReasoningEffort!);
        Assert.Equal((750000L, 300000L, 20000L, 5000L, 0L, 60000L, 40000L, 10000L, 120000L), (text.ContextLength, text.LongContextThreshold, text.PromptTextTokenPrice, text.CachedPromptTextTokenPrice,
            text.PromptImageTokenPrice, text.CompletionTextTokenPrice, text.PromptTextTokenPriceLongContext, text.CachedPromptTextTokenPriceLongContext, text.CompletionTextTokenPriceLongContext));
        Assert.Equal(("grok-imagine", null, null), (models[1].Id, models[1].Capabilities, models[1].PromptTextTokenPrice));
        Assert.Contains("image_price", models[1].AdditionalMembers!.Keys);
    }

    [Fact]
    public async Task Language_models_have_modalities_and_prices()
    {
        const string Model = """{"id":"grok-5","fingerprint":"fp_1","created":1,"object":"model","owned_by":"xai","version":"1.0","aliases":["latest"],"input_modalities":["text","image"],"output_modalities":["text"],"prompt_text_token_price":1,"cached_prompt_text_token_price":2,"prompt_image_token_price":3,"completion_text_token_price":4,"prompt_text_token_price_long_context":5,"cached_prompt_text_token_price_long_context":6,"completion_text_token_price_long_context":7,"long_context_threshold":200000,"search_price":8,"capabilities":{"reasoning_effort":[]}}""";
        using var client = Client();
        _handler.Json($$"""{"models":[{{Model}}]}""").Json("{}").Json(Model);
        var model = Assert.Single(await client.ListLanguageModelsAsync());
        Assert.Equal("GET /v1/language-models", LastRoute);
        Assert.Equal(("grok-5", "fp_1", 1L, "xai", "1.0", 200000L, 8L), (model.Id, model.Fingerprint, model.Created, model.OwnedBy, model.Version, model.LongContextThreshold, model.SearchPrice));
        Assert.Equal((1L, 2L, 3L, 4L, 5L, 6L, 7L), (model.PromptTextTokenPrice, model.CachedPromptTextTokenPrice, model.PromptImageTokenPrice, model.CompletionTextTokenPrice,
            model.PromptTextTokenPriceLongContext, model.CachedPromptTextTokenPriceLongContext, model.CompletionTextTokenPriceLongContext));
        Assert.Equal(("text image", "text", "latest"), (string.Join(' ', model.InputModalities!), string.Join(' ', model.OutputModalities!), string.Join(' ', model.Aliases!)));
        Assert.Empty(await client.ListLanguageModelsAsync());
        Assert.Equal("grok-5", (await client.GetLanguageModelAsync("grok-5")).Id);
        Assert.Equal("GET /v1/language-models/grok-5", LastRoute);
        Assert.Empty(client.GetModelProfile("LATEST").ReasoningEfforts!);
        await Assert.ThrowsAsync<ArgumentException>("model", () => client.GetLanguageModelAsync(" "));
    }

    [Fact]
    public async Task Facts_of_the_service_replace_the_built_in_table_of_the_client()
    {
        using var client = Some.Client(_handler);
        var responses = client.GetService<GrokResponsesClient>()!;
        Assert.Equal(new GrokModelProfile("grok-5"), responses.GetModelProfile("grok-5"));
        var before = responses.GetModelProfile("grok-4.7");
        Assert.Equal((500_000L, 200_000L, false), (before.ContextLength, before.LongContextThreshold, before.IsFromService));
        Assert.Equal(["low", "medium", "high", "xhigh"], before.ReasoningEfforts!);

        await ListAsync(responses);
        _handler.Json(Some.Answer(Some.Message("ok"))).Json(Some.Answer(Some.Message("ok")));
        foreach (var name in (string[])["grok-5", "grok-5-latest", "GROK-5"])
        {
            var profile = responses.GetModelProfile(name);
            Assert.Equal((750_000L, 300_000L, "low", true), (profile.ContextLength, profile.LongContextThreshold, profile.DefaultReasoningEffort, profile.IsFromService));
        }

        // The effort that the service does not accept is not sent.
        await client.GetResponseAsync("q", new ChatOptions { ModelId = "grok-5-latest", Reasoning = new() { Effort = ReasoningEffort.Medium } });
        Assert.False(_handler.LastJson.ContainsKey("reasoning"));
        await client.GetResponseAsync("q", new ChatOptions { ModelId = "grok-5-latest", Reasoning = new() { Effort = ReasoningEffort.High } });
        Assert.Equal("high", (string?)_handler.LastJson["reasoning"]!["effort"]);
    }

    [Fact]
    public async Task Text_is_split_into_tokens()
    {
        using var client = Client();
        _handler.Json("""{"token_ids":[{"token_id":0,"string_token":"Hé","token_bytes":[72,195,169]}]}""").Json("{}");
        var token = Assert.Single(await client.TokenizeAsync("grok-4.7", "Hé"));
        Assert.Equal("POST /v1/tokenize-text", LastRoute);
        Assert.Equal("""{"model":"grok-4.7","text":"Hé"}""", _handler.LastBody);
        Assert.Equal((0L, "Hé"), (token.TokenId, token.StringToken));
        Assert.Equal([72, 195, 169], token.TokenBytes!);
        Assert.Empty(await client.TokenizeAsync("grok-4.7", ""));
        await Assert.ThrowsAsync<ArgumentException>("model", () => client.TokenizeAsync("", "t"));
        await Assert.ThrowsAsync<ArgumentNullException>("text", () => client.TokenizeAsync("m", null!));
    }

    [Theory]
    [InlineData("zdr", true)]
    [InlineData("no_zdr", false)]
    [InlineData("pii_scrubbing", null)]
    public async Task Account_says_whether_the_team_has_zero_data_retention(string status, bool? isZero)
    {
        using var client = Client();
        var me = $$$"""{"user_id":"u","team_id":"t","zdr_status":"{{{status}}}","team_blocked":false,"api_key":{"redacted_api_key":"xai-...b14o","api_key_id":"k","blocked":false,"disabled":true},"oauth":{"client_id":"c"}}""";
        _handler.Json(me).Json(me).Json("{}");
        var account = await client.GetAccountAsync();
        Assert.Equal("GET /v1/me", LastRoute);
        Assert.Equal(("u", "t", false, "xai-...b14o", "k", false, true, "c"), (account.UserId, account.TeamId, account.TeamBlocked, account.ApiKey!.RedactedApiKey, account.ApiKey.ApiKeyId, account.ApiKey.Blocked, account.ApiKey.Disabled, account.Oauth!.ClientId));
        Assert.Equal(isZero, await client.HasZeroDataRetentionAsync());
        Assert.Null(await client.HasZeroDataRetentionAsync());
    }

    private Task<IReadOnlyList<GrokModel>> ListAsync(GrokResponsesClient client)
    {
        _handler.Json(Models);
        return client.ListModelsAsync();
    }

    [Fact]
    public void Model_profile_of_a_mock_throws()
    {
        using var client = new Moq.Mock<GrokResponsesClient> { CallBase = true }.Object;
        Assert.Throws<InvalidOperationException>(() => { client.GetModelProfile("m"); });
        Assert.Throws<ArgumentException>("model", () => { client.GetModelProfile(" "); });
    }
}
