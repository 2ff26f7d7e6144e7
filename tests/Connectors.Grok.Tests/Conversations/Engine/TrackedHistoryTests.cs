using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Stamps on the answers for a host, and what they put back into its history.</summary>
public class TrackedHistoryTests
{
    private static readonly ChatMessage Question = new(ChatRole.User, "Is it?");
    private static readonly ChatMessage Next = new(ChatRole.User, "Sure?");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tracking_keys_are_added_to_the_first_non_reasoning_content_and_keep_its_properties(bool stream)
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
            ["grok.expires_at", "grok.fingerprint", "grok.response_id", "grok.signature", "grok.turn", "mine"], message.Contents[1].AdditionalProperties!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, message.Contents[1].AdditionalProperties!["mine"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(Some.Blob, true)]
    public async Task Only_encrypted_reasoning_is_added_to_the_tracking_keys(string? blob, bool isStamped)
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
    public async Task History_tracking_returns_a_response_without_messages()
    {
        var (client, _) = Host(static () => []);
        Assert.Empty((await client.GetResponseAsync([Question])).Messages);
    }

    [Fact]
    public async Task Tracking_keys_on_a_content_count_only_in_assistant_messages()
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
    public async Task Encrypted_reasoning_is_restored_once_and_not_when_already_present(bool isThere, string sent)
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
    public async Task Malformed_tracking_key_is_ignored(string stamp)
    {
        var answer = new ChatMessage(ChatRole.Assistant, "Yes.") { AdditionalProperties = new() { [GrokKeys.Answer.KeptReasoning] = stamp } };
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync([Question, answer, Next]);
        Assert.Same(answer, model.Sent[0].Messages[1]);
    }

    [Fact]
    public async Task Reasoning_kept_in_one_part_of_a_split_response_is_not_restored_in_another()
    {
        var thought = new TextReasoningContent("t") { ProtectedData = "B" };
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync([Question, Piece(thought), Piece(new TextContent("Yes.")), Next]);
        Assert.Same(thought, Assert.Single(model.Sent[0].Messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>()));

        ChatMessage Piece(AIContent content) => new(ChatRole.Assistant, [content]) { AdditionalProperties = Stamps(thought) };
    }

    [Fact]
    public async Task Reasoning_is_not_restored_when_the_message_still_has_part_of_it()
    {
        var thought = new TextReasoningContent("t") { ProtectedData = "A" };
        var answer = new ChatMessage(ChatRole.Assistant, [thought, new TextContent("Yes.")]) { AdditionalProperties = Stamps(thought, new TextReasoningContent("u") { ProtectedData = "B" }) };
        var (client, model) = Host(static () => ScriptedClient.Text("No."));
        await client.GetResponseAsync([Question, answer, Next]);
        Assert.Same(answer, model.Sent[0].Messages[1]);
    }

    [Fact]
    public async Task Function_call_in_the_last_update_gets_tracking_keys()
    {
        var (client, _) = Host(static () => [new(ChatRole.Assistant, [new FunctionCallContent("c1", "f")]) { ResponseId = "r1", ConversationId = "r1", FinishReason = ChatFinishReason.ToolCalls }]);
        var update = Assert.Single(await client.GetStreamingResponseAsync([Question]).ToListAsync());
        Assert.Equal("r1", update.Contents[0].AdditionalProperties![GrokKeys.History.ResponseId]);
    }

    [Fact]
    public async Task Tracked_stream_ignores_options_changed_after_the_call()
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
    public async Task History_tracking_withholds_updates_from_a_function_call_on_and_repeats_none()
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
        return (model.AsHistoryTrackingClient(new HistoryTrackingOptions { HistoryKey = Some.HistoryKey }), model);
    }
}
