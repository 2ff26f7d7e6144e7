using Chat;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Chat.Tests.Support;

/// <summary>The program without its process: runs messages and commands against the emulator or a given handler, and keeps what the terminal receives.</summary>
internal sealed class ChatHost : IAsyncDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly GrokEmulator? _emulator;
    private readonly HttpClient _http;
    private readonly GrokChatClient _client;
    private readonly ConversationChatClient _conversations;

    private ChatHost(GrokEmulator? emulator, HttpMessageHandler handler, int width, ConversationStore store, string[] arguments)
    {
        _emulator = emulator;
        var wire = new WireTap(null, handler);
        _http = new HttpClient(wire);
        _client = new GrokChatClient(
            new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator?.BaseAddress ?? new("http://127.0.0.1:1"), MaxRetries = 0 }, _http);
        _conversations = _client.AsConversationClient(store);
        Terminal = new Terminal(_output, _errors, width);
        Session = new ChatSession(_conversations, store, wire, ChatCommandLine.Parse(arguments), []);
    }

    public Terminal Terminal { get; }

    public ChatSession Session { get; }

    public string Errors => _errors.ToString();

    public static async Task<ChatHost> StartAsync(int width, ConversationStore? store = null, params string[] arguments)
    {
        var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { TokenDelay = TimeSpan.Zero, ThinkingDelay = TimeSpan.Zero });
        return new(emulator, new SocketsHttpHandler(), width, store ?? new InMemoryConversationStore(), arguments);
    }

    public static ChatHost Start(int width, HttpMessageHandler handler, ConversationStore? store = null) =>
        new(null, handler, width, store ?? new InMemoryConversationStore(), []);

    /// <summary>Runs messages and commands.</summary>
    /// <param name="prompt">Answers questions; null when nobody can.</param>
    /// <param name="lines">The messages and commands.</param>
    /// <returns>The output of the last one.</returns>
    public async Task<string> RunAsync(IPrompt? prompt, params string[] lines)
    {
        using var runner = new ChatRunner(Session, _client.GetService<GrokResponsesClient>()!, new TextView(Terminal, TimeProvider.System), Terminal, prompt);
        foreach (var line in lines)
        {
            _output.GetStringBuilder().Clear();
            await runner.RunAsync([line]);
        }

        return _output.ToString().ReplaceLineEndings("\n");
    }

    public async ValueTask DisposeAsync()
    {
        _conversations.Dispose();
        _client.Dispose();
        _http.Dispose();
        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }
    }
}
