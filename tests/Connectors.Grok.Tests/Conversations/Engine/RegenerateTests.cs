using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class RegenerateTests : ScriptedConversationTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PrepareRegenerateAsync_includes_function_results_sent_with_the_question(bool isOneMessage)
    {
        var client = Over(new ScriptedClient(Answers([Call("c1")]), Answers("18 degrees, and sunny.")));
        await Say(client, "What is the weather in Oslo?");
        var (result, question) = (new FunctionResultContent("c1", "18 degrees"), new TextContent("And is it sunny?"));
        await Say(client, isOneMessage ? [Some.User(result, question)] : [new ChatMessage(ChatRole.Tool, [result]), Some.User(question)]);
        var (messages, options) = await client.Conversations.PrepareRegenerateAsync(Ticket);
        Assert.Equal(
            isOneMessage ? "user: FunctionResultContent, And is it sunny?" : "tool: FunctionResultContent\nuser: And is it sunny?",
            Said(messages));
        Assert.Equal((await client.Conversations.GetTurnsAsync(Ticket))[0].Id, options.AdditionalProperties![GrokKeys.Request.ParentTurn]);
        Assert.Equal(Ticket, options.ConversationId);
    }

    [Fact]
    public async Task PrepareRegenerateAsync_returns_the_question_before_a_turn_of_only_function_results()
    {
        var client = Over(new ScriptedClient(Answers([Call("c1")]), Answers("18 degrees.")));
        await Say(client, "What is the weather in Oslo?");
        await Say(client, [new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c1", "18 degrees")])]);
        var (messages, options) = await client.Conversations.PrepareRegenerateAsync(Ticket);
        Assert.Equal("user: What is the weather in Oslo?", Said(messages));
        Assert.Equal("", options.AdditionalProperties![GrokKeys.Request.ParentTurn]);
    }

    [Fact]
    public async Task PrepareRegenerateAsync_throws_when_the_conversation_is_fully_rewound()
    {
        var manager = await CreateConversationAsync("One.");
        await manager.RewindAsync(Ticket);
        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.PrepareRegenerateAsync(Ticket));
        Assert.Equal("Nothing was asked in the conversation 'ticket-4711' yet.", e.Message);
    }

    [Theory]
    [InlineData(ConversationRetention.Reasoning)]
    [InlineData(ConversationRetention.Nothing)]
    public async Task Regenerate_throws_when_the_question_was_not_kept(ConversationRetention retention)
    {
        var client = Over(new ScriptedClient(Answers("Yes.")), o => o.Retention = retention);
        await Say(client, "Is this kept?");
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.PrepareRegenerateAsync(Ticket));
        Assert.Equal($"The question of the conversation 'ticket-4711' was not kept (ConversationOptions.Retention is {retention}): pass it again with WithParentTurn.", e.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Regenerating_passes_the_callers_options_without_changing_them(bool isStreamed)
    {
        var inner = new ScriptedClient(Answers("One!"), Answers("Two!", "r2"), Answers("Two!!", "r3"));
        var client = Over(inner);
        await Say(client, "One?");
        await Say(client, "Two?");
        var options = new ChatOptions { Temperature = 0.5f, AdditionalProperties = new() { [GrokKeys.Request.User] = "u" } };
        var answer = isStreamed ? await client.RegenerateStreamingAsync(Ticket, options).ToChatResponseAsync() : await client.RegenerateAsync(Ticket, options);
        Assert.Equal("Two!!", answer.Text);
        var (messages, sent) = inner.Sent[^1];
        Assert.Equal("user: Two?", Said(messages));
        Assert.Equal(("r1", 0.5f, "u"), (sent!.ConversationId, sent.Temperature, sent.AdditionalProperties![GrokKeys.Request.User]));
        Assert.Null(options.ConversationId);
        Assert.Equal([GrokKeys.Request.User], options.AdditionalProperties.Keys);
    }

    [Fact]
    public async Task WithParentTurn_sets_the_resume_point_and_is_not_sent_to_the_service()
    {
        var inner = new ScriptedClient(Answers("One!"), Answers("Two!", "r2"));
        var client = Over(inner);
        await Say(client, "One?");
        var first = (await client.Conversations.GetTurnsAsync(Ticket))[0].Id;
        await Say(client, "Two?", new ChatOptions().WithParentTurn(first));
        Assert.Equal([GrokKeys.Request.PromptCacheKey], inner.Sent[^1].Options!.AdditionalProperties!.Keys);
        Assert.Equal("r1", inner.Sent[^1].Options!.ConversationId);
    }

    [Fact]
    public void WithParentTurn_copies_the_options_and_keeps_their_properties()
    {
        var options = new ChatOptions { AdditionalProperties = new() { [GrokKeys.Request.User] = "u" } };
        var parented = options.WithParentTurn("t1");
        Assert.Equal(("u", "t1"), (parented.AdditionalProperties![GrokKeys.Request.User], parented.AdditionalProperties[GrokKeys.Request.ParentTurn]));
        Assert.Equal([GrokKeys.Request.User], options.AdditionalProperties.Keys);
        Assert.Equal("", options.WithParentTurn(null).AdditionalProperties![GrokKeys.Request.ParentTurn]);
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => ((ChatOptions)null!).WithParentTurn("t1")).ParamName);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Regenerating_on_a_client_without_conversations_throws_and_names_AsConversationClient(bool isStreamed)
    {
        Task Ask(IChatClient client) => isStreamed ? client.RegenerateStreamingAsync(Ticket).ToChatResponseAsync() : client.RegenerateAsync(Ticket);
        using var plain = new ScriptedClient();
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => Ask(plain));
        Assert.Equal("The client keeps no conversations: make it with AsConversationClient.", e.Message);
        Assert.Equal("client", (await Assert.ThrowsAsync<ArgumentNullException>(() => Ask(null!))).ParamName);
    }
}
