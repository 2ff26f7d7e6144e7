using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Conversations in memory over a chat client and an emulator.</summary>
public abstract class ConversationTestBase : EmulatorTest
{
    private protected InMemoryConversationStore Store { get; } = new();

    private protected ConversationChatClient Conversations(Action<ConversationOptions>? configure = null, Action<GrokChatClientOptions>? client = null)
    {
        var options = new ConversationOptions { TimeProvider = Clock };
        configure?.Invoke(options);
        return Client(client).AsConversationClient(Store, options);
    }

    private protected static Task<ChatResponse> Say(IChatClient client, bool stream, string text, string id = "ticket-4711", ChatOptions? options = null) =>
        Say(client, stream, [new ChatMessage(ChatRole.User, text)], id, options);

    private protected static Task<ChatResponse> Say(IChatClient client, bool stream, IEnumerable<ChatMessage> messages, string id = "ticket-4711", ChatOptions? options = null)
    {
        options = options?.Clone() ?? new ChatOptions();
        options.ConversationId = id;
        return stream ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options);
    }

    private protected JsonElement Sent(int fromEnd = 1) => Emulator.Requests[^fromEnd].Json!.Value;

    private protected int Items(int fromEnd = 1) => Sent(fromEnd).GetProperty("input").GetArrayLength();

    private protected static string? Blob(ChatResponse response) => response.Messages[0].Contents.OfType<TextReasoningContent>().Single(static r => r.ProtectedData is not null).ProtectedData;

    /// <summary>The sealed reasoning in a request, in order.</summary>
    private protected static IEnumerable<string?> Blobs(RecordedRequest request) =>
        request.Items.Where(static i => i.GetProperty("type").GetString() == "reasoning").Select(static i => i.GetProperty("encrypted_content").GetString());

    /// <summary>The roles and types of what a request sends.</summary>
    private protected static string Kinds(RecordedRequest request) => string.Join(' ', request.Items.Select(static i =>
        i.GetProperty("type").GetString() is "message" ? i.GetProperty("role").GetString() : i.GetProperty("type").GetString()));
}
