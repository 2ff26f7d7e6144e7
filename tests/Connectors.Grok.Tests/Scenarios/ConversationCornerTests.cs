using System.Text;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Conversations where two things meet.</summary>
public class ConversationCornerTests : ConversationTestBase
{
    [Fact]
    public async Task A_client_that_stores_nothing_goes_on_with_a_stored_conversation()
    {
        await Say(Conversations(), false, "My name is Alice. Remember this.");
        var answer = await Say(Conversations(client: static o => o.Store = false), false, "What's my name?");
        Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_again_does_not_repeat_changed_instructions()
    {
        var client = Conversations();
        await Say(client, false, "Hello.", options: new ChatOptions { Instructions = "Be brief." });
        await Say(client, false, "What is 6*7?", options: new ChatOptions { Instructions = "Be polite." });
        var before = Sent().GetProperty("input").GetRawText();
        await client.RegenerateAsync("ticket-4711", new ChatOptions { Instructions = "Be polite." });
        Assert.Equal(before, Sent().GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Reasoning_that_was_rejected_once_is_not_sent_again_with_each_turn()
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
    public async Task An_import_that_is_not_json_does_not_quote_what_it_holds()
    {
        var e = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Conversations().Conversations.ImportAsync("x", new MemoryStream(Encoding.UTF8.GetBytes("not my secret diary of last summer"))));
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_on_another_branch_can_be_forked()
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
    public async Task A_conversation_that_stands_at_its_beginning_exists()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await client.Conversations.RewindAsync("ticket-4711");
        await client.Conversations.RewindAsync("ticket-4711", 0);
    }

    [Fact]
    public async Task Deleting_with_a_cancelled_token_deletes_nothing_here()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Conversations.DeleteAsync("ticket-4711", new CancellationToken(true)));
        Assert.NotNull(await client.Conversations.GetAsync("ticket-4711"));
    }

    [Fact]
    public async Task A_turn_whose_conversation_was_deleted_meanwhile_is_kept_where_the_exception_says()
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
    public async Task A_conversation_that_stands_at_its_beginning_is_not_taken_over_by_a_fork()
    {
        var client = Conversations();
        await Say(client, false, "One.");
        await Say(client, false, "Two.", "other");
        await client.Conversations.RewindAsync("other");
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.ForkAsync("ticket-4711", "other"));
    }
}
