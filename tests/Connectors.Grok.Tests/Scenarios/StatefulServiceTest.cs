using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Conversations over a service that keeps what the model saw.</summary>
public abstract class StatefulServiceTest
{
    private protected StatefulService Service { get; } = new();

    private protected ManualTime Clock { get; } = new();

    private protected InMemoryConversationStore Store { get; } = new();

    private protected ListLogger Log { get; } = new();

    /// <summary>Streamed or not, and how the caller keeps its history.</summary>
    public static TheoryData<bool, string> Ways => new MatrixTheoryData<bool, string>([false, true], ["live", "JSON", "texts"]);

    private protected ConversationChatClient Conversations(Action<ConversationOptions>? configure = null, IChatClient? inner = null, ConversationStore? store = null)
    {
        var options = new ConversationOptions { TimeProvider = Clock, LoggerFactory = Log };
        configure?.Invoke(options);
        return (inner ?? Service).AsConversationClient(store ?? Store, options);
    }

    private protected IChatClient Tracking(Action<HistoryTrackingOptions>? configure = null, IChatClient? inner = null)
    {
        var options = new HistoryTrackingOptions { TimeProvider = Clock };
        configure?.Invoke(options);
        return (inner ?? Service).AsHistoryTrackingClient(options);
    }

    private protected static ChatOptions Named(string? instructions = null, string id = "t") => new() { ConversationId = id, Instructions = instructions };

    private protected static ChatMessage User(string text) => new(ChatRole.User, text);

    private protected static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);

    private protected static ChatMessage SystemMessage(string text) => new(ChatRole.System, text);

    private protected static ChatMessage Result(string callId, object? result) => new(ChatRole.Tool, [new FunctionResultContent(callId, result)]);

    private protected static string CallId(ChatResponse answer) => answer.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Single().CallId;

    /// <summary>The messages as a caller keeps them: as they are, as JSON, without the marks and the reasoning, or only their texts.</summary>
    private protected static List<ChatMessage> Kept(string way, IEnumerable<ChatMessage> messages) => way switch
    {
        "live" => [.. messages],
        "JSON" => [.. Keeping.ThroughJson([.. messages])],
        "bare" => [.. messages.Select(static m => new ChatMessage(m.Role, [.. m.Contents.Where(static c => c is not TextReasoningContent).Select(static c => c is TextContent t ? new TextContent(t.Text) : c)]) { AuthorName = m.AuthorName })],
        _ => [.. messages.Select(static m => new ChatMessage(m.Role, m.Text))],
    };

    private protected Task<ChatResponse> Regenerate(ConversationChatClient client, bool stream, ChatOptions? options = null) =>
        stream ? client.RegenerateStreamingAsync("t", options).ToChatResponseAsync() : client.RegenerateAsync("t", options);

    /// <summary>Who says what, reasoning apart.</summary>
    private protected static string Text(IEnumerable<ChatMessage> messages) => string.Join('\n', messages.SelectMany(static m => m.Contents.Select(c => c switch
    {
        TextContent { Text.Length: > 0 } text => $"{m.Role}: {text.Text}",
        ErrorContent error => $"{m.Role}: {error.Message}",
        FunctionCallContent call => $"{m.Role}: {call.CallId}",
        FunctionResultContent result => $"{m.Role}: {result.CallId} {result.Result}",
        _ => null,
    })).OfType<string>());
}
