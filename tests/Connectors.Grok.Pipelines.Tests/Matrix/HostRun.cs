using System.ClientModel;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>One run of a scenario: an emulator, a kind of client, streamed or not.</summary>
internal sealed class HostRun(GrokEmulator emulator, ClientKind kind, bool isStreamed) : IDisposable
{
    public const string Ticket = "ticket-4711";

    // What processes share: the store and the key.
    private readonly InMemoryConversationStore _store = new();
    private readonly List<IDisposable> _clients = [];

    public static IReadOnlyList<ClientKind> Kinds { get; } = Enum.GetValues<ClientKind>();

    public static IReadOnlyList<string> Columns { get; } = ["plain", "unstored", "conversations", "history tracking", "OpenAI adapter"];

    public GrokEmulator Emulator => emulator;

    public ClientKind Kind => kind;

    public bool IsStreamed => isStreamed;

    public string? Id => kind == ClientKind.Conversations ? Ticket : null;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Creates a client, as another process would: it shares the store and the key with earlier ones.</summary>
    /// <param name="below">Adds layers below conversations and history tracking, or directly above the client.</param>
    public IChatClient Create(Func<IChatClient, IChatClient>? below = null)
    {
        var client = kind == ClientKind.OpenAI
            ? new ResponsesClient(new ApiKeyCredential("xai-test"), new ResponsesClientOptions { Endpoint = emulator.BaseAddress, RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) }).AsIChatClient("grok-4.7")
            : new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator.BaseAddress, MaxRetries = 0, RecoveryTimeout = TimeSpan.Zero, Store = kind == ClientKind.Unstored ? false : null });
        client = below is null ? client : below(client);
        client = kind switch
        {
            ClientKind.Conversations => client.AsConversationClient(_store),
            ClientKind.HistoryTracking => client.AsHistoryTrackingClient(new() { HistoryKey = "the same in all processes"u8.ToArray() }),
            _ => client,
        };
        _clients.Add(client);
        return client;
    }

    public Task<ChatResponse> AskAsync(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions options) =>
        isStreamed ? client.GetStreamingResponseAsync(messages, options, Now).ToChatResponseAsync(Now) : client.GetResponseAsync(messages, options, Now);

    /// <summary>Fails with the heading of an explanation unless the last request contains only new messages.</summary>
    public void RequireOnlyNewMessages(string heading = "sends-the-history")
    {
        if (emulator.Requests[^1] is { PreviousResponseId: null } or { Items.Count: > 1 })
        {
            throw new ObservationException(heading);
        }
    }

    public static void RequireAlice(string text) => Assert.Contains("Alice", text, StringComparison.Ordinal);

    public void Dispose() => _clients.ForEach(static c => c.Dispose());
}
