using System.Text;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Conversations where two things meet.</summary>
public class ConversationEdgeCaseTests : ConversationTestBase
{
    [Fact]
    public async Task Client_with_store_false_continues_a_stored_conversation()
    {
        await Say(Conversations(), false, "My name is Alice. Remember this.");
        var answer = await Say(Conversations(client: static o => o.Store = false), false, "What's my name?");
        Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Regenerating_does_not_repeat_changed_instructions()
    {
        var client = Conversations();
        await Say(client, false, "Hello.", options: new ChatOptions { Instructions = "Be brief." });
        await Say(client, false, "What is 6*7?", options: new ChatOptions { Instructions = "Be polite." });
        var before = Sent().GetProperty("input").GetRawText();
        await client.RegenerateAsync("ticket-4711", new ChatOptions { Instructions = "Be polite." });
        Assert.Equal(before, Sent().GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Rejected_reasoning_is_not_sent_again_on_later_turns()
    {
        await Say(Conversations(client: static o => o.Store = false), false, "My name is Alice. Remember this.");
        await StartAsync();
        var client = Conversations(client: static o => o.Store = false);
        await Say(client, false, "What's my name?");
        var before = Emulator.Requests.Count;
        await Say(client, false, "What is 6*7?");
        Assert.Equal(1, Emulator.Requests.Count - before);
    }

    [Fact]
    public async Task Import_that_is_not_JSON_throws_without_quoting_its_content()
    {
        var e = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Conversations().Conversations.ImportAsync("x", new MemoryStream(Encoding.UTF8.GetBytes("not my secret diary of last summer"))));
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fork_and_GoTo_accept_a_turn_of_another_branch()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await Say(client, false, "Two.");
        var two = (await client.Conversations.GetTurnsAsync("ticket-4711"))[1];
        await client.Conversations.RewindAsync("ticket-4711");
        await client.Conversations.ForkAsync("ticket-4711", "side", two.Id);
        Assert.Equal(2, (await client.Conversations.GetTurnsAsync("side")).Count);

        await client.Conversations.GoToAsync("ticket-4711", two.Id);
        Assert.Equal(2, (await client.Conversations.GetTurnsAsync("ticket-4711")).Count);
        await client.Conversations.GoToAsync("ticket-4711", null);
        Assert.Empty(await client.Conversations.GetTurnsAsync("ticket-4711"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => client.Conversations.GoToAsync("ticket-4711", "nothing"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => client.Conversations.GoToAsync("nobody", null));
    }

    [Fact]
    public async Task Fully_rewound_conversation_still_exists()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await client.Conversations.RewindAsync("ticket-4711");
        await client.Conversations.RewindAsync("ticket-4711", 0);
    }

    [Fact]
    public async Task DeleteAsync_with_a_cancelled_token_keeps_the_conversation()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Conversations.DeleteAsync("ticket-4711", new CancellationToken(true)));
        Assert.NotNull(await client.Conversations.GetAsync("ticket-4711"));
    }

    [Fact]
    public async Task Turn_of_a_concurrently_deleted_conversation_is_kept_as_the_fork_named_by_the_exception()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        var conflict = await Assert.ThrowsAsync<ConversationConflictException>(async () =>
        {
            var isFirst = true;
            await foreach (var _ in client.GetStreamingResponseAsync("Two.", new ChatOptions { ConversationId = "ticket-4711" }))
            {
                if (isFirst)
                {
                    await client.Conversations.DeleteAsync("ticket-4711");
                }

                isFirst = false;
            }
        });
        Assert.NotNull(await client.Conversations.GetAsync(conflict.ForkId));
    }

    [Fact]
    public async Task Fork_does_not_replace_a_fully_rewound_conversation()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await Say(client, false, "Two.", "other");
        await client.Conversations.RewindAsync("other");
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.ForkAsync("ticket-4711", "other"));
    }
}
