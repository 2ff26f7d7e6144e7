using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class ConversationChatClientTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "Is it?")];

    [Fact]
    public async Task Conversation_stream_ignores_options_changed_after_the_call()
    {
        var options = new ChatOptions { ConversationId = "alice" };
        using var client = new ScriptedClient(static () => ScriptedClient.Text("1")).AsConversationClient(new InMemoryConversationStore());
        var updates = client.GetStreamingResponseAsync("One.", options);
        options.ConversationId = "bob";
        Assert.Equal("alice", (await updates.ToChatResponseAsync()).ConversationId);
    }

    [Fact]
    public void Constructor_throws_when_the_store_is_null() =>
        Assert.Equal("store", Assert.Throws<ArgumentNullException>(static () => new ConversationChatClient(new ScriptedClient(), null!)).ParamName);

    [Fact]
    public void GetService_returns_the_manager_and_otherwise_asks_the_inner_client()
    {
        var metadata = new ChatClientMetadata("xai");
        using var client = new ScriptedClient().With(metadata).AsConversationClient(new InMemoryConversationStore());
        Assert.Same(client.Conversations, client.GetService(typeof(ConversationManager)));
        Assert.Null(client.GetService(typeof(ConversationManager), "mine"));
        Assert.Same(metadata, client.GetService(typeof(ChatClientMetadata)));
        Assert.Null(client.GetService(typeof(TimeProvider)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failed_turn_throws_the_original_exception_and_releases_the_turn_queue(bool stream)
    {
        var failure = new GrokException(GrokErrorKind.Server, "Down");
        using var model = new ScriptedClient(() => throw failure, static () => ScriptedClient.Text("Yes."));
        using var client = model.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { QueueTurns = true });
        Assert.Same(failure, await Assert.ThrowsAsync<GrokException>(() => client.Ask(stream, Question, Named())));
        Assert.Equal(stream ? 1 : 0, model.Released);
        Assert.Null(await client.Conversations.GetAsync("ticket-4711"));
        var next = client.Ask(stream, Question, Named());
        Assert.True(next.IsCompleted);
        Assert.Equal("Yes.", (await next).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Zero_data_retention_detected_once_turns_off_store_for_all_tenants(bool stream)
    {
        using var model = new ScriptedClient(
            static () => throw new GrokException(GrokErrorKind.InvalidRequest, "x") { ServiceMessage = "Zero Data Retention" },
            static () => ScriptedClient.Text("Yes.", null),
            static () => throw new GrokException(GrokErrorKind.EncryptedContentRejected, "x"),
            static () => ScriptedClient.Text("Yes.", null),
            static () => ScriptedClient.Text("Yes.", null));
        using var client = model.AsConversationClient(new InMemoryConversationStore());
        await client.Ask(stream, Question, Named());
        await client.Ask(stream, Question, Named());
        await client.Ask(stream, Question, Named().WithTenant("b"));
        Assert.Equal([null, false, false, false, false], model.Sent.Select(static s => (bool?)s.Options!.AdditionalProperties!.GetValueOrDefault(GrokKeys.Request.Store)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_keeps_its_own_properties_when_tracking_keys_are_added(bool stream)
    {
        using var model = new ScriptedClient(static () =>
        [
            new(ChatRole.Assistant, "Yes.") { ResponseId = "r1", MessageId = "r1", ConversationId = "r1", FinishReason = ChatFinishReason.Stop, AdditionalProperties = new() { ["mine"] = 1 } },
        ]);
        using var client = model.AsConversationClient(new InMemoryConversationStore());
        var answer = await client.Ask(stream, Question, Named());
        Assert.Equal(["grok.conversation", "grok.turn", "mine"], answer.Messages[0].AdditionalProperties!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("ticket-4711", answer.ConversationId);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Stream_passes_a_single_cancellation_token_through_unchanged(bool isOfCall, bool isOfEnumeration)
    {
        using var source = new CancellationTokenSource();
        var (client, model) = CreateClient();
        var updates = client.GetStreamingResponseAsync(Question, Named(), isOfCall ? source.Token : default).WithCancellation(isOfEnumeration ? source.Token : default);
        await foreach (var update in updates)
        {
            Assert.Equal("Yes.", update.Text);
        }

        Assert.Equal([source.Token], model.Tokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_is_cancelled_by_the_token_of_the_call_or_of_the_enumeration(bool isOfCall)
    {
        using var ofCall = new CancellationTokenSource();
        using var ofEnumeration = new CancellationTokenSource();
        var (client, model) = CreateClient();
        var updates = client.GetStreamingResponseAsync(Question, Named(), ofCall.Token).GetAsyncEnumerator(ofEnumeration.Token);
        Assert.True(await updates.MoveNextAsync());
        Assert.False(model.Tokens[0].IsCancellationRequested);
        await (isOfCall ? ofCall : ofEnumeration).CancelAsync();
        Assert.True(model.Tokens[0].IsCancellationRequested);
        await updates.DisposeAsync();
    }

    [Fact]
    public async Task Disposed_stream_ends_and_ignores_later_cancellation()
    {
        using var ofCall = new CancellationTokenSource();
        using var ofEnumeration = new CancellationTokenSource();
        var (client, model) = CreateClient();
        var updates = client.GetStreamingResponseAsync(Question, Named(), ofCall.Token).GetAsyncEnumerator(ofEnumeration.Token);
        Assert.True(await updates.MoveNextAsync());
        await updates.DisposeAsync();
        await updates.DisposeAsync();
        Assert.False(await updates.MoveNextAsync());
        await ofCall.CancelAsync();
        Assert.False(model.Tokens[0].IsCancellationRequested);
        Assert.Equal((1, 1), (model.Sent.Count, model.Released));
    }

    [Fact]
    public async Task Streamed_updates_are_stored_coalesced_with_their_properties()
    {
        AdditionalPropertiesDictionary item = new() { ["id"] = "rs_1" };
        using var model = new ScriptedClient(() =>
        [
            new(ChatRole.Assistant, [new TextReasoningContent("H") { AdditionalProperties = item }]) { ResponseId = "r1", MessageId = "m1" },
            new(ChatRole.Assistant, [new TextReasoningContent("m.") { AdditionalProperties = item }]) { ResponseId = "r1", MessageId = "m1" },
            new(ChatRole.Assistant, "Y") { ResponseId = "r1", MessageId = "m1", AdditionalProperties = new() { ["a"] = "1" } },
            new(ChatRole.Assistant, "e") { ResponseId = "r1", MessageId = "m1", AdditionalProperties = new() { ["b"] = "2" } },
            new(ChatRole.Assistant, "s") { ResponseId = "r1", MessageId = "m1" },
            new(ChatRole.Assistant, ".") { ResponseId = "r1", MessageId = "m1" },
            new(ChatRole.Assistant, "!") { ResponseId = "r1", MessageId = "m1", ConversationId = "r1", FinishReason = ChatFinishReason.Stop },
        ]);
        using var client = model.AsConversationClient(new InMemoryConversationStore());
        await client.Ask(true, Question, Named());
        var kept = Assert.Single(client.Conversations.Read((await client.Conversations.GetTurnsAsync("ticket-4711"))[0]).Output);
        Assert.Equal(["Hm.", "Yes.!"], kept.Contents.Select(static c => c is TextReasoningContent thought ? thought.Text : c.ToString()));
        Assert.Equal("rs_1", kept.Contents[0].AdditionalProperties!["id"]!.ToString());
        Assert.Equal(["1", "2"], ((string[])["a", "b"]).Select(k => kept.AdditionalProperties![k]!.ToString()));
    }

    private static ChatOptions Named() => new() { ConversationId = "ticket-4711" };

    private static (ConversationChatClient Client, ScriptedClient Model) CreateClient()
    {
        var model = new ScriptedClient(static () => ScriptedClient.Text("Yes."));
        return (model.AsConversationClient(new InMemoryConversationStore()), model);
    }
}
