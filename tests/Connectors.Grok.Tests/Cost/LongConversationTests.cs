using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Cost;

/// <summary>A conversation that outgrows a small context window, without and with compaction.</summary>
public sealed class LongConversationTests
{
    private const int Turns = 300;
    private const int Measured = 100;
    private const int Window = 12_000;

    [Fact]
    public async Task Conversation_without_compaction_ends_with_a_failure_that_says_what_to_do()
    {
        await using var talk = new LongConversation(Window, compaction: null);
        var e = await Assert.ThrowsAsync<GrokException>(() => talk.RunToAsync(Turns));
        Assert.Equal((GrokErrorKind.ContextLength, 400), (e.Kind, e.Status));
        Assert.StartsWith($"This model's maximum prompt length is {Window} but the request contains ", e.ServiceMessage, StringComparison.Ordinal);
        foreach (var way in new[] { nameof(ConversationManager.RewindAsync), nameof(ConversationManager.CompactAsync), $"{nameof(ConversationOptions)}.{nameof(ConversationOptions.Compaction)}" })
        {
            Assert.Contains(way, e.Message, StringComparison.Ordinal);
        }

        // The other hint, for a client without conversations, is not there as well.
        Assert.DoesNotContain("GrokChatReducer", e.Message, StringComparison.Ordinal);
        Assert.InRange(talk.Turns, 50, Turns - 50);
        await Assert.ThrowsAsync<GrokException>(() => talk.RunToAsync(Turns));

        // The advice works: some turns back, and a summary of the rest.
        await talk.Client.Conversations.RewindAsync(LongConversation.Name, 2);
        await talk.Client.Conversations.CompactAsync(LongConversation.Name);
        var answer = await talk.SayAsync([new(ChatRole.User, "What's my name?")]);
        Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compacted_conversation_goes_on_at_less_than_half_of_the_cost()
    {
        await using var large = new LongConversation(window: null, compaction: null);
        await large.RunToAsync(Turns);
        await using var compacted = new LongConversation(Window, new() { Limit = Window });
        await compacted.RunToAsync(Turns / 2);
        await CheckHistoryIsMatchedAsync(compacted);
        await compacted.RunToAsync(Turns - 1);
        await CheckHistoryIsMatchedAsync(compacted);

        var turns = await compacted.Client.Conversations.GetTurnsAsync(LongConversation.Name);
        Assert.Equal(Turns, turns.Count(static t => t.Kind == ConversationTurnKind.Answer));
        Assert.True(turns.Count(static t => t.Kind == ConversationTurnKind.Compaction) >= 2);
        Assert.All(turns, static t => Assert.True(t.InputTokens < Window));
        var (costs, uncompacted) = (Last(await compacted.CostsAsync()), Last(await large.CostsAsync()));
        Assert.Contains(costs, static c => c.IsCompacted);
        Assert.True(costs.Sum(static c => c.Ticks) * 2 < uncompacted.Sum(static c => c.Ticks), $"{costs.Sum(static c => c.Ticks)} {uncompacted.Sum(static c => c.Ticks)}");

        static List<TurnCost> Last(List<TurnCost> costs) => costs[^Measured..];
    }

    [Fact]
    public async Task Input_over_the_window_says_what_to_do_without_conversations()
    {
        await using var emulator = new Emulator.GrokEmulator(new() { ContextLength = 50 });
        using var http = new HttpClient(emulator.CreateHandler());
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator.BaseAddress }, http);
        List<ChatMessage> messages = [new(ChatRole.User, string.Join(' ', Enumerable.Repeat("word", 60)))];
        foreach (var call in (Func<Task>[])[() => client.GetResponseAsync(messages), () => client.GetStreamingResponseAsync(messages).ToChatResponseAsync()])
        {
            var e = await Assert.ThrowsAsync<GrokException>(call);
            Assert.Equal(GrokErrorKind.ContextLength, e.Kind);
            Assert.Contains("GrokChatReducer", e.Message, StringComparison.Ordinal);
            Assert.Contains(nameof(ConversationOptions.Compaction), e.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A caller that passes all original messages continues at the head, and only the question is sent.</summary>
    private static async Task CheckHistoryIsMatchedAsync(LongConversation talk)
    {
        var before = await talk.Client.Conversations.GetTreeAsync(LongConversation.Name);
        var answer = await talk.SayAsync([.. talk.History, new(ChatRole.User, "What's my name?")]);
        var head = (await talk.Client.Conversations.GetTreeAsync(LongConversation.Name)).Except(before).Single(static t => t.Kind == ConversationTurnKind.Answer);
        Assert.Equal(answer.ResponseId, head.ResponseId);
        var request = talk.Requests[^1];
        Assert.InRange(request.Items.Count, 1, 2);
        Assert.Equal("user", request.Items[^1].GetProperty("role").GetString());
        Assert.True(request.PreviousResponseId is not null || request.Items[0].GetProperty("type").GetString() == "compaction");
    }
}
