using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <summary>
/// The behaviours that Microsoft's integration tests require of a chat client, and the layers of Microsoft.Extensions.AI above it. Each derived
/// class runs all of them over one client of this library.
/// </summary>
/// <remarks>The emulator is strict: a request that no rule of a test answers fails with a 500.</remarks>
public abstract partial class BehaviourTests : PipelineTest
{
    /// <summary>What the caller passes with the next message of a conversation.</summary>
    protected enum Continuation
    {
        /// <summary>The id of the last answer, or of the conversation.</summary>
        Id,

        /// <summary>The whole history.</summary>
        History,
    }

    /// <summary>What the client's answers tell a caller to pass next.</summary>
    protected abstract Continuation Continues { get; }

    /// <summary>Whether the client recognizes a history that a caller passes without an id, and sends only what is new in it.</summary>
    protected virtual bool RecognizesHistories => true;

    /// <summary>Creates the client under test.</summary>
    protected abstract IChatClient Create();

    /// <summary>Creates the client that writes the summaries of a reducer.</summary>
    /// <param name="client">The client under test.</param>
    protected virtual IChatClient CreateSummarizer(IChatClient client) => client;

    protected static Task<ChatResponse> AskAsync(IChatClient client, bool isStreamed, IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        isStreamed ? client.GetStreamingResponseAsync(messages, options, Now).ToChatResponseAsync(Now) : client.GetResponseAsync(messages, options, Now);

    protected static Task<ChatResponse> AskAsync(IChatClient client, bool isStreamed, string text, ChatOptions? options = null) =>
        AskAsync(client, isStreamed, [new ChatMessage(ChatRole.User, text)], options);

    /// <summary>Scripts the answer to each question that contains a text.</summary>
    private protected void Answer(string question, Action<ReplyBuilder> reply)
    {
        Emulator.Script.Strict = true;
        Emulator.Script.When(r => LastUserText(r)?.Contains(question, StringComparison.OrdinalIgnoreCase) == true).Always(reply);
    }

    private protected void Answer(string question, string text) => Answer(question, r => r.Text(text));

    /// <summary>Scripts the answer to each request that ends with the results of function calls, the last of which is the given one.</summary>
    private protected void AnswerResult(string result, Action<ReplyBuilder> reply)
    {
        Emulator.Script.Strict = true;
        Emulator.Script.When(r => r.Items.Count > 0 && Text(r.Items[^1], "type") == "function_call_output" && Text(r.Items[^1], "output") == result).Always(reply);
    }

    private protected void AnswerResult(string result, string text) => AnswerResult(result, r => r.Text(text));

    /// <summary>Asserts that the conversation continues after an answer with everything before it.</summary>
    /// <param name="client">The client that answered.</param>
    /// <param name="isStreamed">Whether the next answer is streamed.</param>
    /// <param name="messages">The messages that it answered.</param>
    /// <param name="response">The answer.</param>
    /// <param name="isStored">Whether the service stores the answer, so that the next request contains only the new message.</param>
    /// <param name="options">The options of the call.</param>
    private protected async Task AssertContinuesAsync(IChatClient client, bool isStreamed, IEnumerable<ChatMessage> messages, ChatResponse response, bool isStored = true, ChatOptions? options = null)
    {
        Answer("And what else?", "Nothing else.");
        var sent = Emulator.Requests[^1].Items.Count;
        var (next, copy) = (new ChatMessage(ChatRole.User, "And what else?"), options?.Clone() ?? new ChatOptions());
        copy.ConversationId = response.ConversationId;
        var after = await AskAsync(client, isStreamed, response.ConversationId is null ? [.. messages, .. response.Messages, next] : [next], copy);
        Assert.Equal("Nothing else.", after.Text);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        var request = Emulator.Requests[^1];
        if (isStored && Continues == Continuation.Id)
        {
            Assert.NotNull(response.ConversationId);
        }

        if (isStored)
        {
            request.ShouldContinue(response.ResponseId!).ShouldSend("user");
            return;
        }

        request.ShouldContinueNothing();
        Assert.True(request.Items.Count >= sent + 2, request.Body);
    }

    private static string? LastUserText(RecordedRequest request) => request.Items.Count > 0 && Text(request.Items[^1], "role") == "user" ? request.LastUserText : null;

    private static string? Text(JsonElement item, string member) => item.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IReadOnlyList<string?> SentTools(RecordedRequest request) =>
        request.Json!.Value.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray().Select(static t => Text(t, "name"))] : [];
}
