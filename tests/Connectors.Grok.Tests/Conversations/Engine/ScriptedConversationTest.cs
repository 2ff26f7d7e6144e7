using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Conversations over a client that says what it is told to: what goes out and what is kept, without a wire.</summary>
public abstract class ScriptedConversationTest
{
    private protected const string Ticket = "ticket-4711";

    private protected InMemoryConversationStore Store { get; } = new();

    private protected ManualTime Clock { get; } = new();

    private protected ConversationChatClient Over(ScriptedClient client, Action<ConversationOptions>? configure = null, ConversationStore? store = null)
    {
        var options = new ConversationOptions { TimeProvider = Clock };
        configure?.Invoke(options);
        return client.AsConversationClient(store ?? Store, options);
    }

    private protected ConversationManager Manager(ConversationStore? store = null, GrokResponsesClient? responses = null) =>
        new(store ?? Store, new ConversationOptions { TimeProvider = Clock }, responses);

    private protected static Task<ChatResponse> Say(IChatClient client, string text, ChatOptions? options = null, string id = Ticket) =>
        Say(client, [new ChatMessage(ChatRole.User, text)], options, id);

    private protected static Task<ChatResponse> Say(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options = null, string id = Ticket)
    {
        options = options?.Clone() ?? new ChatOptions();
        options.ConversationId = id;
        return client.GetResponseAsync(messages, options);
    }

    /// <summary>Asks questions, each of which is answered by <c>answer 1</c> and so on.</summary>
    private protected async Task<ConversationManager> CreateConversationAsync(params string[] questions)
    {
        var client = Over(new ScriptedClient([.. questions.Select(static (_, i) => Answers($"answer {i + 1}", $"r{i + 1}"))]));
        foreach (var question in questions)
        {
            await Say(client, question).ConfigureAwait(false);
        }

        return client.Conversations;
    }

    private protected static Func<ChatResponseUpdate[]> Answers(string text, string? id = "r1") => () => ScriptedClient.Text(text, id);

    private protected static Func<ChatResponseUpdate[]> Answers(AIContent[] contents, string? id = "r1") => () =>
    {
        var answer = ScriptedClient.Text("", id);
        answer[0].Contents = contents;
        return answer;
    };

    private protected static Func<ChatResponseUpdate[]> Fails(Exception exception) => () => throw exception;

    private protected static FunctionCallContent Call(string id) => new(id, "get_weather", new Dictionary<string, object?> { ["city"] = "Oslo" });

    /// <summary>What goes or went out: roles and texts, or types of contents.</summary>
    private protected static string Said(IEnumerable<ChatMessage> messages) => string.Join('\n', messages.Select(static m =>
        $"{m.Role}: {string.Join(", ", m.Contents.Select(static c => c is TextContent text ? text.Text : c.GetType().Name))}"));
}
