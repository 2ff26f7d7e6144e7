using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>What a caller may do to a stream beside reading it to its end.</summary>
public class StreamEnumerationTests : ScriptedConversationTest
{
    private static readonly ChatOptions Options = new() { ConversationId = Ticket };

    [Fact]
    public async Task Failed_stream_is_not_opened_again_by_MoveNextAsync()
    {
        using var model = new ScriptedClient(Fails(new IOException("Gone")), Answers("Yes."));
        using var client = Over(model);
        await using var updates = client.GetStreamingResponseAsync("Is it?", Options).GetAsyncEnumerator(default);
        await Assert.ThrowsAsync<IOException>(async () => await updates.MoveNextAsync());
        Assert.False(await updates.MoveNextAsync());
        Assert.Single(model.Sent);
    }

    [Fact]
    public async Task Stream_disposed_before_its_first_read_sends_no_request()
    {
        using var model = new ScriptedClient(Answers("Yes."));
        using var client = Over(model);
        var updates = client.GetStreamingResponseAsync("Is it?", Options).GetAsyncEnumerator(default);
        await updates.DisposeAsync();
        Assert.False(await updates.MoveNextAsync());
        Assert.Empty(model.Sent);
    }

    [Fact]
    public async Task Stream_disposed_while_it_opens_releases_the_inner_stream_and_the_turn_queue()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var model = new ScriptedClient(Answers("Yes."), Answers("No.", "r2")) { Steps = new Steps(1, gate.Task) };
        using var client = Over(model, static o => o.QueueTurns = true);
        var updates = client.GetStreamingResponseAsync("Is it?", Options).GetAsyncEnumerator(default);
        var opened = updates.MoveNextAsync();
        await updates.DisposeAsync();
        gate.SetResult();
        Assert.False(await opened);
        Assert.Equal(1, model.Released);
        Assert.Equal("No.", (await Say(client, "Is it?").WaitAsync(TimeSpan.FromSeconds(30))).Text);
    }

    [Fact]
    public async Task Turn_queue_is_released_when_disposing_the_inner_stream_throws()
    {
        using var model = new ScriptedClient(Answers("Yes."), Answers("No.", "r2"));
        using var client = new FailsOnDispose(model).AsConversationClient(Store, new ConversationOptions { QueueTurns = true });
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync("Is it?", Options))
            {
                break;
            }
        });
        Assert.Equal("No.", (await Say(client, "Is it?").WaitAsync(TimeSpan.FromSeconds(30))).Text);
    }

    private sealed class FailsOnDispose(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
                {
                    yield return update;
                }
            }
            finally
            {
                Fail();
            }
        }

        private static void Fail() => throw new IOException("Cannot be released.");
    }
}
