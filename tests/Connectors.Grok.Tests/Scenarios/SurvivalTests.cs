using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Failures of the service in a conversation of six turns, and the requests by which the client recovers.</summary>
public class SurvivalTests : ConversationTestBase
{
    private static readonly string[] Talk =
    [
        "My name is Alice. Remember this.", "My favourite colour is blue.", "My cat is called Tom.", "What is 101*3", "What is my favourite colour?", "What's my name?",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Expired_response_costs_one_404_and_one_rebuild(bool stream)
    {
        // With a clock of its own, the client does not know that thirty days passed.
        var client = Conversations(static o => o.TimeProvider = new ManualTime());
        var answers = await AskAll(client, stream, Talk[..5]);
        Clock.Advance(TimeSpan.FromDays(31));
        answers.Add(await Say(client, stream, Talk[5]));
        AssertRebuiltOnce(answers, refused: 404);

        await Say(client, stream, "And what is 2+2?");
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinue(answers[^1].ResponseId!)));
        Assert.True(Emulator.Requests[^1].Bytes < Emulator.Requests[^2].Bytes / 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deleted_previous_response_costs_one_404_and_one_rebuild(bool stream)
    {
        await StartAsync(o => (o.TimeProvider, o.BreakChains) = (Clock, true));
        var client = Conversations();
        var answers = await AskAll(client, stream, Talk[..5]);
        await Responses.DeleteAsync(answers[2].ResponseId!);
        answers.Add(await Say(client, stream, Talk[5]));
        // A DELETE request is sent between the turns.
        AssertRebuiltOnce(answers, refused: 404, between: 1);

        await Say(client, stream, "And what is 2+2?");
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinue(answers[^1].ResponseId!)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Unstored_image_of_turn_3_is_resent_on_later_turns(bool stream, bool isRefused)
    {
        await StartAsync(o => (o.TimeProvider, o.RejectStoredImages) = (Clock, isRefused));
        var client = Conversations();
        var png = Some.Png;
        (png[19], png[23]) = (16, 16);
        var answers = await AskAll(client, stream, Talk[..2]);
        answers.Add(await Say(client, stream, [Some.User(new DataContent(png, "image/png"), new TextContent("What is in this image?"))]));
        answers.AddRange(await AskAll(client, stream, Talk[3..]));
        Assert.Contains("Alice", answers[^1].Text, StringComparison.Ordinal);
        Assert.Contains("blue", answers[4].Text, StringComparison.OrdinalIgnoreCase);

        if (!isRefused)
        {
            Assert.All(Emulator.Requests.Skip(1), static r => Assert.Equal("user", Kinds(r)));
            return;
        }

        // One rejection, then each turn sends the full history: an image must not be stored, and an unstored response cannot be continued.
        Assert.Equal(7, Emulator.Requests.Count);
        Assert.Equal(400, Emulator.Requests[2].Status);
        Assert.Equal("ImagesRefused", answers[2].Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
        var last = Emulator.Requests[^1].ShouldNotBeStored().ShouldContinueNothing().ShouldContain("image");
        Assert.Equal(answers[..5].Select(Blob), Blobs(last));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Zero_retention_team_converses_over_six_turns(bool stream, bool isKnown)
    {
        await StartAsync(o => (o.TimeProvider, o.ZeroDataRetention) = (Clock, true));
        var client = Conversations(client: o => o.Store = isKnown ? false : null);
        var answers = await AskAll(client, stream, Talk);
        Assert.Contains("Alice", answers[^1].Text, StringComparison.Ordinal);

        // When the client does not know it, the service rejects the request once.
        Assert.Equal(isKnown ? 6 : 7, Emulator.Requests.Count);
        Assert.Equal(isKnown ? 200 : 400, Emulator.Requests[0].Status);
        Assert.Equal(answers[..5].Select(Blob), Blobs(Emulator.Requests[^1].ShouldNotBeStored().ShouldContinueNothing()));
        Assert.All(answers, static a => Assert.Equal("ticket-4711", a.ConversationId));
    }

    [Fact]
    public async Task Zero_retention_detected_for_one_tenant_applies_to_all()
    {
        await StartAsync(o => (o.TimeProvider, o.ZeroDataRetention) = (Clock, true));
        var client = Conversations();
        await Say(client, false, Talk[0], options: new ChatOptions().WithTenant("a"));
        await Say(client, true, Talk[0], options: new ChatOptions().WithTenant("b"));
        await Say(client, false, Talk[0]);
        Assert.Equal([400, 200, 200, 200], Emulator.Requests.Select(static r => r.Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Model_switched_in_turn_4_gets_the_full_history_once(bool stream)
    {
        var client = Conversations();
        var answers = await AskAll(client, stream, Talk[..3]);
        var other = new ChatOptions { ModelId = "grok-4.6" };
        foreach (var text in Talk[3..])
        {
            answers.Add(await Say(client, stream, text, options: other));
        }

        Assert.Contains("Alice", answers[^1].Text, StringComparison.Ordinal);
        Assert.Equal(6, Emulator.Requests.Count);
        // Encrypted reasoning belongs to its model.
        Assert.Equal("user assistant user assistant user assistant user", Kinds(Emulator.Requests[3].ShouldContinueNothing()));
        Assert.Equal("ModelChanged", answers[3].Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
        Assert.Equal(["user", "user"], Emulator.Requests.Skip(4).Select(Kinds));
        Emulator.Requests[5].ShouldContinue(answers[4].ResponseId!);
    }

    private static async Task<List<ChatResponse>> AskAll(IChatClient client, bool stream, IEnumerable<string> texts)
    {
        var answers = new List<ChatResponse>();
        foreach (var text in texts)
        {
            answers.Add(await Say(client, stream, text));
        }

        return answers;
    }

    /// <summary>Five turns by id; the sixth is rejected once and then resent in full, with the reasoning unchanged.</summary>
    private void AssertRebuiltOnce(List<ChatResponse> answers, int refused, int between = 0)
    {
        Assert.Contains("Alice", answers[5].Text, StringComparison.Ordinal);
        Assert.Equal("ticket-4711", answers[5].ConversationId);
        Assert.Equal(7 + between, Emulator.Requests.Count);
        Assert.Equal(refused, Emulator.Requests[^2].ShouldContinue(answers[4].ResponseId!).Status);
        var whole = Emulator.Requests[^1].ShouldContinueNothing();
        Assert.Equal(string.Concat(Enumerable.Repeat("user reasoning assistant ", 5)) + "user", Kinds(whole));
        Assert.Equal(answers[..5].Select(Blob), Blobs(whole));
        Assert.Equal("UnknownResponse", answers[5].Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
    }
}
