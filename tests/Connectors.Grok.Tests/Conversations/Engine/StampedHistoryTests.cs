using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Stamps on the answers for a host, and what they put back into its history.</summary>
public class StampedHistoryTests
{
    private static readonly ChatMessage Question = new(ChatRole.User, "Is it?");
    private static readonly ChatMessage Next = new(ChatRole.User, "Sure?");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_content_carries_what_is_ours_beside_what_it_had(bool stream)
    {
        var call = new FunctionCallContent("c1", "f") { AdditionalProperties = new() { ["mine"] = 1 } };
        var (client, _) = Host(() =>
        [
            new(ChatRole.Assistant, [new TextReasoningContent("Hm."), call]) { ResponseId = "r1", MessageId = "m1" },
            new(ChatRole.Assistant, (IList<AIContent>)[])
            {
                ResponseId = "r1", MessageId = "m1", ConversationId = "r1", FinishReason = ChatFinishReason.ToolCalls,
                AdditionalProperties = new() { ["yours"] = 2, [GrokKeys.Content.Item] = "item", [GrokKeys.Answer.Turn] = "t1" },
            },
        ]);
        var message = (await client.Ask(stream, [Question])).Messages[0];
        Assert.Null(message.Contents[0].AdditionalProperties);
        Assert.Equal(
            ["grok.expires_at", "grok.fingerprint", "grok.response_id", "grok.turn", "mine"], message.Contents[1].AdditionalProperties!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, message.Contents[1].AdditionalProperties!["mine"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(Some.Blob, true)]
    public async Task Only_sealed_reasoning_is_stamped(string? blob, bool isStamped)
    {
        var (client, _) = Host(() =>
        [
            new(ChatRole.Assistant, [new TextReasoningContent("Hm.") { ProtectedData = blob }, new TextContent("Yes.")]) { ResponseId = "r1", FinishReason = ChatFinishReason.Stop },
        ]);
        var properties = (await client.GetResponseAsync([Question])).Messages[0].AdditionalProperties!;
        Assert.Equal(isStamped, properties.ContainsKey(GrokKeys.Answer.KeptReasoning));
        Assert.Equal("stop", properties[GrokKeys.Answer.FinishReason]);
    }

    [Fact]
    public async Task An_answer_without_messages_is_handed_on()
    {
        var (client, _) = Host(static () => []);
        Assert.Empty((await client.GetResponseAsync([Question])).Messages);
    }

    [Fact]
    public async Task Stamps_that_only_a_content_kept_are_as_good_and_only_on_answers()
    {
        var (client, _) = Host(static () => ScriptedClient.Text("Yes."));
        var first = await client.GetResponseAsync([Question]);
        var stamped = new TextContent("Yes.") { AdditionalProperties = first.Messages[0].Contents[0].AdditionalProperties };
        var (other, asked) = Host(static () => ScriptedClient.Text("No.", "r2"), static () => ScriptedClient.Text("No.", "r3"));
        await other.GetResponseAsync([Question, new(ChatRole.Assistant, [stamped]), Next]);
        Assert.Equal("r1", asked.Sent[0].Options!.ConversationId);

        var quoted = new ChatMessage(ChatRole.User, [stamped]);
        await other.GetResponseAsync([quoted, Next]);
        Assert.Same(quoted, asked.Sent[1].Messages[0]);
        Assert.Null(quoted.AdditionalProperties);
    }

    /// <summary>A host that splits a message leaves the stamp on several; one that kept the reasoning needs none put back.</summary>
    [Theory]
    [InlineData(false, "+-+")]
    [InlineData(true, "+Yes")]
    public async Task Reasoning_is_put_back_once(bool isThere, string sent)
    {
        var stamps = Stamps(new TextReasoningContent("Hm."), new TextReasoningContent("So.") { ProtectedData = Some.Blob });
        List<ChatMessage> history = isThere
            ? [Question, new(ChatRole.Assistant, [new TextReasoningContent("So.") { ProtectedData = Some.Blob }, new TextContent("Yes")]) { AdditionalProperties = stamps }, Next]
            : [Question, new(ChatRole.Assistant, "-") { AdditionalProperties = stamps }, new(ChatRole.Assistant, "+") { AdditionalProperties = stamps }, Next];
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync(history);
        Assert.Equal(sent, string.Concat(model.Sent[0].Messages.Where(static m => m.Role == ChatRole.Assistant).SelectMany(static m => m.Contents).Select(static c =>
            c is TextReasoningContent reasoning ? reasoning.ProtectedData is null ? "" : "+" : c.ToString())));
        Assert.Equal(isThere ? 2 : 1, history[1].Contents.Count);
        Assert.Equal(isThere ? 2 : 3, model.Sent[0].Messages[1].Contents.Count);
        Assert.Single(model.Sent[0].Messages[2].Contents);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[{\"$type\":\"reas")]
    public async Task A_stamp_that_a_host_broke_says_nothing(string stamp)
    {
        var answer = new ChatMessage(ChatRole.Assistant, "Yes.") { AdditionalProperties = new() { [GrokKeys.Answer.KeptReasoning] = stamp } };
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync([Question, answer, Next]);
        Assert.Same(answer, model.Sent[0].Messages[1]);
    }

    [Fact]
    public async Task Reasoning_that_a_host_left_in_one_piece_of_an_answer_is_not_put_back_into_another()
    {
        var thought = new TextReasoningContent("t") { ProtectedData = "B" };
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync([Question, Piece(thought), Piece(new TextContent("Yes.")), Next]);
        Assert.Same(thought, Assert.Single(model.Sent[0].Messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>()));

        ChatMessage Piece(AIContent content) => new(ChatRole.Assistant, [content]) { AdditionalProperties = Stamps(thought) };
    }

    [Fact]
    public async Task To_what_a_host_left_of_the_reasoning_nothing_is_put_back()
    {
        var thought = new TextReasoningContent("t") { ProtectedData = "A" };
        var answer = new ChatMessage(ChatRole.Assistant, [thought, new TextContent("Yes.")]) { AdditionalProperties = Stamps(thought, new TextReasoningContent("u") { ProtectedData = "B" }) };
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync([Question, answer, Next]);
        Assert.Same(answer, model.Sent[0].Messages[1]);
    }

    [Fact]
    public async Task A_call_in_the_last_update_is_stamped_too()
    {
        var (client, _) = Host(static () => [new(ChatRole.Assistant, [new FunctionCallContent("c1", "f")]) { ResponseId = "r1", ConversationId = "r1", FinishReason = ChatFinishReason.ToolCalls }]);
        var update = Assert.Single(await client.GetStreamingResponseAsync([Question]).ToListAsync());
        Assert.Equal("r1", update.Contents[0].AdditionalProperties![GrokKeys.History.ResponseId]);
    }

    [Fact]
    public async Task Options_that_are_changed_after_the_call_change_no_stream()
    {
        var (client, model) = Host(static () => ScriptedClient.Text("Yes."));
        var options = new ChatOptions { ModelId = "grok-4.7" };
        var stream = client.GetStreamingResponseAsync([Question], options);
        options.ModelId = "grok-4.3";
        await stream.ToListAsync();
        Assert.Equal("grok-4.7", model.Sent[0].Options!.ModelId);
    }

    /// <summary>A call must not run before its answer is whole; everything else leaves as it comes.</summary>
    [Fact]
    public async Task Only_what_comes_after_a_call_is_held_back_and_nothing_comes_twice()
    {
        var steps = new Steps(0, Task.CompletedTask);
        var (client, _) = Host(steps, static () =>
        [
            new(ChatRole.Assistant, "Ye"),
            new(ChatRole.Assistant, (IList<AIContent>)[]),
            new(ChatRole.Assistant, [new TextContent("s."), new FunctionCallContent("c1", "f")]),
            new(ChatRole.Assistant, "Well."),
            new(ChatRole.Assistant, (IList<AIContent>)[]) { FinishReason = ChatFinishReason.ToolCalls, ResponseId = "r1", ConversationId = "r1" },
            new(ChatRole.Assistant, "Bye."),
        ]);
        var seen = new List<(string Text, int Read)>();
        await foreach (var update in client.GetStreamingResponseAsync([Question]))
        {
            seen.Add((update.Text, steps.Count));
        }

        // What asks for calls leaves when it shows that it was the end, or not: a function loop below goes on from there.
        Assert.Equal([("Ye", 1), ("", 2), ("s.", 7), ("Well.", 7), ("", 7), ("Bye.", 7)], seen);
    }

    private static AdditionalPropertiesDictionary Stamps(params AIContent[] reasoning) =>
        new() { [GrokKeys.Answer.KeptReasoning] = JsonSerializer.Serialize<IList<AIContent>>(reasoning, AIJsonUtilities.DefaultOptions) };

    private static (IChatClient Client, ScriptedClient Model) Host(params Func<ChatResponseUpdate[]>[] answers) => Host(null, answers);

    private static (IChatClient Client, ScriptedClient Model) Host(Steps? steps, params Func<ChatResponseUpdate[]>[] answers)
    {
        var model = new ScriptedClient(answers) { Steps = steps };
        return (model.AsHistoryTrackingClient(), model);
    }
}
