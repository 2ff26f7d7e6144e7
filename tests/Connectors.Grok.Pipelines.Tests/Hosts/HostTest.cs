using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Hosts;

/// <summary>The base class of tests against hosts: a client with the true address of a host, whose requests an emulator answers in memory.</summary>
public abstract class HostTest : IAsyncDisposable
{
    protected const string Key = "host-key-0123456789";
    protected const string Ticket = "ticket-4711";

    private readonly List<IAsyncDisposable> _emulators = [];
    private readonly List<IDisposable> _clients = [];

    protected static CancellationToken Now => TestContext.Current.CancellationToken;

    private protected ManualTime Clock { get; } = new();

    private protected InMemoryConversationStore Store { get; } = new();

    private protected GrokEmulator Emulator { get; private set; } = null!;

    /// <summary>Starts the emulator of a host and creates a client for it.</summary>
    /// <param name="setup">The host.</param>
    /// <param name="configure">Changes the options of the client, after the setup did.</param>
    private protected GrokChatClient Connect(HostSetup setup, Action<GrokChatClientOptions>? configure = null)
    {
        Emulator = new GrokEmulator(new GrokEmulatorOptions { ServedBy = setup.ServedBy(), ApiKey = Key, TokenLifetime = TimeSpan.FromHours(1), TimeProvider = Clock, CachedTokenStep = 1 });
        _emulators.Add(Emulator);
        var options = new GrokChatClientOptions
        {
            Endpoint = new(setup.Endpoint),
            ApiKey = Key,
            Model = setup.Model,
            MaxRetries = 0,
            RecoveryTimeout = TimeSpan.Zero,
            TimeProvider = Clock,
        };
        setup.Configure(options);
        configure?.Invoke(options);
        var http = new HttpClient(Emulator.CreateHandler());
        var client = new GrokChatClient(options, http);
        _clients.AddRange([client, http]);
        return client;
    }

    private protected ConversationChatClient Conversations(HostSetup setup, Action<GrokChatClientOptions>? configure = null) =>
        Connect(setup, configure).AsConversationClient(Store, new ConversationOptions { TimeProvider = Clock });

    private protected Task<ChatResponse> AskAsync(IChatClient client, bool isStreamed, string text, string? id = Ticket, ChatOptions? options = null) =>
        AskAsync(client, isStreamed, new ChatMessage(ChatRole.User, text), id, options);

    private protected Task<ChatResponse> AskAsync(IChatClient client, bool isStreamed, ChatMessage message, string? id = Ticket, ChatOptions? options = null)
    {
        options = options?.Clone() ?? new ChatOptions();
        options.ConversationId = id;
        return WhileTimePassesAsync(isStreamed ? client.GetStreamingResponseAsync([message], options, Now).ToChatResponseAsync(Now) : client.GetResponseAsync([message], options, Now));
    }

    /// <summary>Moves the clock while a call waits for up to ten seconds, as it does for the retry of a request.</summary>
    private protected async Task<T> WhileTimePassesAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            if (Clock.Waits(TimeSpan.FromSeconds(10)))
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Now));
        }

        return await call;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static c => c.Dispose());
        foreach (var emulator in _emulators)
        {
            await emulator.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
