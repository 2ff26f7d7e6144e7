using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Caching;

/// <summary>The <c>prompt_cache_key</c> of requests: the same for all of a conversation, never the same for two tenants.</summary>
public sealed class PromptCacheKeysTests : IDisposable
{
    private readonly StubHandler _handler = new();
    private readonly List<IDisposable> _clients = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Key_of_a_carried_history_stays_the_same_while_the_history_grows(bool isStreamed)
    {
        var client = Client();
        List<ChatMessage> history = [new(ChatRole.System, "Be brief."), new(ChatRole.User, [new TextContent("What is this?"), new UriContent("https://x.ai/cat.png", "image/png"), new HostedFileContent("file-1")]) { AuthorName = "Ann" }];
        var keys = new List<string?>();
        foreach (var question in (string[])["How old?", "Which color?", "Bye."])
        {
            keys.Add(await KeyOf(client, history, new ChatOptions { Instructions = $"It is {history.Count} o'clock." }.WithStore(false), isStreamed));
            history.AddRange([new(ChatRole.Assistant, "A cat."), new(ChatRole.User, question)]);
        }

        Assert.Matches("^[0-9a-f]{32}$", keys[0]);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task Keys_differ_by_first_message_identity_and_api_key()
    {
        ChatOptions[] callers =
        [
            new(), new ChatOptions().WithTenant("acme"), new ChatOptions().WithTenant("ab"), new ChatOptions().WithUser("acme"), new ChatOptions().WithUser("ab"),
            new ChatOptions().WithSafetyIdentifier("acme"), new ChatOptions().WithUser("a").WithSafetyIdentifier("b"), new ChatOptions().WithTenant("a").WithUser("b"),
        ];
        var client = Client();
        var keys = new List<string?>();
        foreach (var caller in callers)
        {
            keys.Add(await KeyOf(client, [new(ChatRole.User, "Hello")], caller));
            Assert.Equal(keys[^1], await KeyOf(client, [new(ChatRole.User, "Hello")], caller));
        }

        keys.Add(await KeyOf(client, [new(ChatRole.User, "Hello!")]));
        keys.Add(await KeyOf(client, [new(ChatRole.User, [new TextContent("Hel"), new TextContent("lo")])]));
        keys.Add(await KeyOf(client, [new(ChatRole.User, "Hello") { AuthorName = "Ann" }]));
        keys.Add(await KeyOf(Client(static o => o.ApiKey = "xai-other"), [new(ChatRole.User, "Hello")]));
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.All(_handler.Requests, static r => Assert.DoesNotContain("tenant", r.Body, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Two_callers_without_an_identity_share_the_key_of_equal_first_messages_in_every_process()
    {
        Assert.Equal(await KeyOf(Client(), [new(ChatRole.User, "Hello")]), await KeyOf(Client(), [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hello")]));
        // A text under the key of the tenant may come from outside: it counts as none.
        Assert.Equal(
            await KeyOf(Client(), [new(ChatRole.User, "Hello")]), await KeyOf(Client(), [new(ChatRole.User, "Hello")], new() { AdditionalProperties = new() { ["grok.tenant"] = "acme" } }));
    }

    [Fact]
    public async Task Long_first_messages_differ_by_their_beginning_and_their_length()
    {
        var text = new string('x', 20_000);
        string?[] keys =
        [
            await KeyOf(Client(), [new(ChatRole.User, text)]), await KeyOf(Client(), [new(ChatRole.User, text + "x")]), await KeyOf(Client(), [new(ChatRole.User, "y" + text[1..])]),
        ];
        Assert.Equal(3, keys.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Continuation_by_id_keeps_the_key_of_the_response_it_continues(bool isStreamed)
    {
        var client = Client();
        var first = await KeyOf(client, [new(ChatRole.User, "Hello")], isStreamed: isStreamed, id: "r1");
        Assert.Equal(first, await KeyOf(client, [new(ChatRole.User, "More.")], new() { ConversationId = "r1" }, isStreamed, "r2"));
        Assert.Equal(first, await KeyOf(client, [new(ChatRole.User, "Another.")], new() { ConversationId = "r1" }, isStreamed, "r3"));
        Assert.Equal(first, await KeyOf(client, [new(ChatRole.User, "Even more.")], new() { ConversationId = "r2" }, isStreamed, "r4"));

        var unknown = await KeyOf(client, [new(ChatRole.User, "Hello")], new() { ConversationId = "of-another-process" }, isStreamed, "r5");
        Assert.NotEqual(first, unknown);
        Assert.Equal(unknown, await KeyOf(client, [new(ChatRole.User, "More.")], new() { ConversationId = "r5" }, isStreamed, "r6"));
    }

    [Fact]
    public async Task Key_of_the_caller_wins_in_every_form()
    {
        var client = Client();
        Assert.Equal("mine", await KeyOf(client, [new(ChatRole.User, "Hello")], new ChatOptions().WithPromptCacheKey("mine"), id: "r1"));
        Assert.Equal("mine", await KeyOf(client, [new(ChatRole.User, "Hello")], new ChatOptions().WithExtraBody(new JsonObject { ["prompt_cache_key"] = "mine" })));
        Assert.Equal("mine", await KeyOf(client, [new(ChatRole.User, "Hello")], new() { RawRepresentationFactory = static _ => new Responses.CreateResponseRequest { PromptCacheKey = "mine" } }));
        Assert.NotEqual("mine", await KeyOf(client, [new(ChatRole.User, "Hello")], new() { ConversationId = "r1" }));
        Assert.Equal("mine", await KeyOf(Client(static o => o.DerivePromptCacheKey = false), [new(ChatRole.User, "Hello")], new ChatOptions().WithPromptCacheKey("mine")));
        Assert.Equal("mine", await KeyOf(Client().AsHistoryTrackingClient(), [new(ChatRole.User, "Hello")], new ChatOptions().WithPromptCacheKey("mine")));
    }

    [Fact]
    public async Task Option_off_and_history_without_a_user_send_no_key()
    {
        Assert.Null(await KeyOf(Client(), [new(ChatRole.System, "Say something.")]));
        Assert.Null(await KeyOf(Client().AsHistoryTrackingClient(), [new(ChatRole.System, "Say something.")]));
        static void Off(GrokChatClientOptions options) => options.DerivePromptCacheKey = false;
        var client = Client(Off);
        Assert.Null(await KeyOf(client, [new(ChatRole.User, "Hello")], id: "r1"));
        Assert.Null(await KeyOf(client, [new(ChatRole.User, "Hello")], new() { ConversationId = "r1" }));
        Assert.Null(await KeyOf(Client(Off).AsHistoryTrackingClient(), [new(ChatRole.User, "Hello")]));
        Assert.Null(await KeyOf(Client(Off).AsConversationClient(new InMemoryConversationStore()), [new(ChatRole.User, "Hello")], new() { ConversationId = "ticket" }));
        Assert.NotNull(await KeyOf(Client().AsConversationClient(new InMemoryConversationStore()), [new(ChatRole.User, "Hello")], new() { ConversationId = "ticket" }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tracked_history_keeps_its_key_by_id_and_in_another_process_and_shares_it_with_no_tenant(bool isStreamed)
    {
        var keys = new List<string?>();
        foreach (var tenant in (string?[])[null, "acme", "ab"])
        {
            var options = tenant is null ? new ChatOptions() : new ChatOptions().WithTenant(tenant);
            List<ChatMessage> history = [new(ChatRole.User, [new TextContent("What is this?"), new UriContent("https://x.ai/cat.png", "image/png")])];
            keys.Add(await KeyOf(Tracking(), history, options.WithStore(true), isStreamed, "r1", history));
            for (var turn = 2; turn < 4; turn++)
            {
                history.Add(new(ChatRole.User, "More."));
                Assert.Equal(keys[^1], await KeyOf(Tracking(), history, options.WithStore(true), isStreamed, $"r{turn}", history));
                Assert.Equal($"r{turn - 1}", (string?)_handler.LastJson["previous_response_id"]);
            }

            Assert.False(_handler.LastBody.Contains("grok.tenant", StringComparison.Ordinal));
        }

        Assert.Equal(3, keys.Distinct().Count());

        // Where the caller names what to continue, the client below knows the key.
        var client = Client();
        var named = await KeyOf(client, [new(ChatRole.User, "Hello")], id: "n1");
        Assert.Equal(named, await KeyOf(client.AsHistoryTrackingClient(), [new(ChatRole.User, "More.")], new() { ConversationId = "n1" }, isStreamed));

        IChatClient Tracking() => Client().AsHistoryTrackingClient(new HistoryTrackingOptions { HistoryKey = Some.HistoryKey });
    }

    public void Dispose() => _clients.ForEach(static c => c.Dispose());

    private GrokChatClient Client(Action<GrokChatClientOptions>? configure = null)
    {
        var client = Some.Client(_handler, o =>
        {
            o.AlwaysStream = false;
            configure?.Invoke(o);
        });
        _clients.Add(client);
        return client;
    }

    /// <summary>The key of the request for a call; the answer has this id, and is added to the history.</summary>
    private async Task<string?> KeyOf(IChatClient client, IReadOnlyList<ChatMessage> messages, ChatOptions? options = null, bool isStreamed = false, string id = "r0", List<ChatMessage>? history = null)
    {
        var answer = Some.Answer(Some.Message("A cat.")).Replace(Some.Id, id, StringComparison.Ordinal);
        _ = isStreamed
            ? _handler.Sse(Some.Created.Replace(Some.Id, id, StringComparison.Ordinal), $$"""{"sequence_number":1,"response":{{answer}},"type":"response.completed"}""")
            : _handler.Json(answer);
        var response = isStreamed ? await client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : await client.GetResponseAsync(messages, options);
        history?.AddRange(response.Messages);
        return (string?)_handler.LastJson["prompt_cache_key"];
    }
}
