using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>When a conversation client sends instructions again.</summary>
public class ContinuationInstructionsTests : ScriptedConversationTest
{
    [Theory]
    [InlineData(ContinuationInstructions.WhenChanged, "user: One.|user: Two.|system: Be polite.\nuser: Three.|user: Four.")]
    [InlineData(ContinuationInstructions.Never, "user: One.|user: Two.|user: Three.|user: Four.")]
    [InlineData(ContinuationInstructions.Always, "user: One.|system: Be brief.\nuser: Two.|system: Be polite.\nuser: Three.|system: Be polite.\nuser: Four.")]
    public async Task ContinuationInstructions_decides_when_instructions_are_sent_again(ContinuationInstructions option, string sent)
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", "r3"), Answers("4", "r4"));
        var client = Over(inner, o => o.ContinuationInstructions = option);
        foreach (var (text, instructions) in ((string, string)[])[("One.", "Be brief."), ("Two.", "Be brief."), ("Three.", "Be polite."), ("Four.", "Be polite.")])
        {
            await Say(client, text, new ChatOptions { Instructions = instructions });
        }

        Assert.Equal(sent, string.Join('|', inner.Sent.Select(static s => Said(s.Messages))));
        Assert.Equal(["Be brief.", null, null, null], inner.Sent.Select(static s => s.Options!.Instructions));
    }

    [Theory]
    [InlineData("Be brief.", "Be brief.")]
    [InlineData(null, null)]
    public async Task ContinuationInstructions_Never_rebuilds_with_the_instructions_of_the_first_turn(string? first, string? rebuilt)
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", "r3"));
        var client = Over(inner, static o => o.ContinuationInstructions = ContinuationInstructions.Never);
        await Say(client, "One.", new ChatOptions { Instructions = first });
        await Say(client, "Two.", new ChatOptions { Instructions = "Be polite." });
        Clock.Advance(TimeSpan.FromDays(31));
        await Say(client, "Three.", new ChatOptions { Instructions = "Be polite." });
        Assert.Equal(("user: One.\nassistant: 1\nuser: Two.\nassistant: 2\nuser: Three.", rebuilt), (Said(inner.Sent[^1].Messages), inner.Sent[^1].Options!.Instructions));
        Assert.Single((await client.Conversations.GetTurnsAsync(Ticket)).Select(static t => t.InstructionsHash).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tracked_history_continued_by_id_does_not_repeat_instructions_after_a_restart(bool isStreamed)
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"));
        var options = new ChatOptions { Instructions = "Be brief." };
        List<ChatMessage> history = [new(ChatRole.User, "One.")];
        history.AddRange((await inner.AsHistoryTrackingClient(new HistoryTrackingOptions { HistoryKey = Some.HistoryKey }).Ask(isStreamed, history, options)).Messages);
        history.Add(new(ChatRole.User, "Two."));
        await inner.AsHistoryTrackingClient(new HistoryTrackingOptions { HistoryKey = Some.HistoryKey }).Ask(isStreamed, history, options);
        Assert.Equal(("r1", null, "user: Two."), (inner.Sent[^1].Options!.ConversationId, inner.Sent[^1].Options!.Instructions, Said(inner.Sent[^1].Messages)));
        Assert.Equal("Be brief.", options.Instructions);
    }
}
