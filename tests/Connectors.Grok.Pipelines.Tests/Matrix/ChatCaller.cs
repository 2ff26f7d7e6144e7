using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>
/// A caller by the rule of Microsoft.Extensions.AI: while answers carry a conversation id, it passes only new messages with the last id, and otherwise the
/// whole history.
/// </summary>
internal sealed class ChatCaller(HostRun run, IChatClient client, ChatOptions? options = null)
{
    private readonly ChatOptions _options = Begin(run, options);
    private List<ChatMessage> _history = [];

    public IChatClient Client { get; private set; } = client;

    public ChatOptions Options => _options;

    public Task<ChatResponse> SendAsync(string text) => SendAsync(new ChatMessage(ChatRole.User, text));

    public async Task<ChatResponse> SendAsync(ChatMessage message)
    {
        List<ChatMessage> messages = [.. _history, message];
        var response = await run.AskAsync(Client, messages, _options);
        if (response.ConversationId is { } id)
        {
            (_options.ConversationId, _history) = (id, []);
        }
        else
        {
            // With an id of an earlier answer, the messages since then are passed until there is a new id.
            _history = [.. messages, .. response.Messages];
        }

        return response;
    }

    /// <summary>Continues in another process: with another client, and with what JSON keeps of id and history.</summary>
    public void Continue(IChatClient client)
    {
        Client = client;
        _history = JsonSerializer.Deserialize<List<ChatMessage>>(JsonSerializer.Serialize(_history, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;
    }

    private static ChatOptions Begin(HostRun run, ChatOptions? options)
    {
        var own = options?.Clone() ?? new();
        own.ConversationId = run.Id;
        return own;
    }
}
