using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Conversations over hosts that store responses only with permission, for a time that their operator chooses, or not at all.</summary>
public class HostStateTests
{
    private readonly StubHandler _handler = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Conversation_over_a_host_without_state_sends_all_of_it_with_each_turn(bool isStreamed)
    {
        using var client = Over(static o => o.Endpoint = new("https://openrouter.ai"));
        Answer().Sse(Some.Created, Some.Completed(Some.Message("two")));
        await Ask(client, isStreamed);
        await Ask(client, isStreamed);
        Assert.All(_handler.Requests, static r => Assert.Contains("\"store\":false", r.Body, StringComparison.Ordinal));
        Assert.Null(_handler.LastJson["previous_response_id"]);
        Assert.Equal(3, _handler.LastJson["input"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(400, """[{"error":{"code":400,"message":"Organization Policy constraint constraints/vertexai.allowedPartnerModelFeatures violated: disallowed feature stateful_responses_api","status":"FAILED_PRECONDITION"}}]""")]
    [InlineData(403, """{"error":{"message":"`store` is not permitted by the retention mode of this account."}}""")]
    public async Task Conversation_goes_on_unstored_for_the_process_when_storing_is_rejected(int status, string body)
    {
        using var client = Over(static o => o.Store = true);
        _handler.Json(body, status);
        Answer();
        Answer();
        Answer();
        await Ask(client);
        await Ask(client);
        await Ask(client, id: "other");
        Assert.Equal([true, false, false, false], _handler.Requests.Select(static r => r.Body.Contains("\"store\":true", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Conversation_is_resent_when_the_host_does_not_support_ids()
    {
        using var client = Over();
        Answer();
        _handler.Json("""{"error":{"message":"previous_response_id is not supported."}}""", 400);
        Answer();
        Answer();
        await Ask(client);
        await Ask(client);
        await Ask(client);
        Assert.Equal([false, true, false, false], _handler.Requests.Select(static r => r.Body.Contains("previous_response_id", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com", null, true)]
    [InlineData("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com", 1, false)]
    [InlineData("https://api.x.ai", null, false)]
    [InlineData("https://api.x.ai", 24 * 365, true)]
    public async Task Id_is_tried_as_long_as_the_host_may_have_the_response(string endpoint, int? hours, bool isTried)
    {
        using var client = Over(o => o.Endpoint = new(endpoint), o => o.ServerRetention = hours is { } h ? TimeSpan.FromHours(h) : null);
        Answer();
        Answer();
        await Ask(client);
        _time.Advance(TimeSpan.FromDays(31));
        await Ask(client);
        Assert.Equal(isTried, _handler.LastJson["previous_response_id"] is not null);
    }

    [Theory]
    [InlineData("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com", true)]
    [InlineData("https://api.x.ai", false)]
    public async Task Tracked_history_tries_the_id_as_long_as_the_host_may_have_the_response(string endpoint, bool isTried)
    {
        using var client = Some.Client(_handler, o => (o.Endpoint, o.TimeProvider) = (new(endpoint), _time)).AsHistoryTrackingClient(new() { TimeProvider = _time, HistoryKey = Some.HistoryKey });
        Answer();
        Answer();
        var question = new ChatMessage(ChatRole.User, "q");
        var answer = await client.GetResponseAsync([question], cancellationToken: Now);
        _time.Advance(TimeSpan.FromDays(31));
        await client.GetResponseAsync([question, .. answer.Messages, question], cancellationToken: Now);
        Assert.Equal(isTried, _handler.LastJson["previous_response_id"] is not null);
    }

    [Fact]
    public async Task Unknown_id_of_a_reasoning_item_is_rejected_reasoning()
    {
        using var client = Over();
        _handler.Json(Some.Answer($"{Some.Reasoning(Some.Summary("hm"))},{Some.Message("one")}"));
        _handler.Json("""{"error":{"message":"Previous response with id 'x' not found.","param":"previous_response_id"}}""", 400);
        _handler.Json($$$"""{"error":{"message":"Item with id 'rs_{{{Some.Id}}}' not found.","type":"invalid_request_error","param":"input","code":null}}""", 400);
        Answer();
        await Ask(client);
        var answer = await Ask(client);
        Assert.Equal("one", answer.Text);
        Assert.Equal([false, false, true, false], _handler.Requests.Select(static r => r.Body.Contains("\"type\":\"reasoning\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refused_cache_key_is_dropped_where_that_is_allowed(bool isAllowed)
    {
        using var client = Over(o => o.DropRefusedParameters = isAllowed);
        _handler.Json("""{"error":{"message":"Unknown parameter: 'prompt_cache_key'.","param":"prompt_cache_key"}}""", 400);
        if (!isAllowed)
        {
            Assert.Equal("prompt_cache_key", (await Assert.ThrowsAsync<GrokException>(() => Ask(client))).Parameter);
            return;
        }

        Answer();
        await Ask(client);
        Assert.Equal([true, false], _handler.Requests.Select(static r => r.Body.Contains("prompt_cache_key", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Route_that_is_missing_leaves_the_responses_to_delete()
    {
        using var client = Over();
        Answer();
        await Ask(client);
        _handler.Json("""{"detail":"Not Found"}""", 404);
        var e = await Assert.ThrowsAsync<ConversationDeleteException>(() => client.Conversations.DeleteAsync("ticket", Now));
        Assert.Equal([Some.Id], e.ResponseIds);
        _handler.Json($$$"""{"error":{"message":"Response with id '{{{Some.Id}}}' not found."}}""", 404);
        Assert.Equal(0, await client.Conversations.DeleteResponsesAsync(e.ResponseIds, Now));
    }

    private StubHandler Answer() => _handler.Json(Some.Answer(Some.Message("one")));

    private ConversationChatClient Over(Action<GrokChatClientOptions>? configure = null, Action<ConversationOptions>? keep = null)
    {
        var options = new ConversationOptions { TimeProvider = _time };
        keep?.Invoke(options);
        return Some.Client(_handler, o =>
        {
            o.TimeProvider = _time;
            configure?.Invoke(o);
        }).AsConversationClient(new InMemoryConversationStore(), options);
    }

    private static Task<ChatResponse> Ask(IChatClient client, bool isStreamed = false, string id = "ticket") => client.Ask(isStreamed, [new(ChatRole.User, "q")], new() { ConversationId = id });
}
