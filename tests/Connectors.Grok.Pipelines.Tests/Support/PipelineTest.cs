using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Support;

/// <summary>The base class of tests with pipelines over a client and an emulator on loopback.</summary>
public abstract class PipelineTest : IAsyncLifetime
{
    protected const string Ticket = "ticket-4711";

    private readonly List<IDisposable> _clients = [];

    /// <summary>Each arrangement, with and without streaming.</summary>
    public static TheoryData<Arrangement, bool> Arrangements => [.. Enum.GetValues<Arrangement>().SelectMany(static a => new[] { (a, false), (a, true) })];

    private protected GrokEmulator Emulator { get; private set; } = null!;

    protected static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Emulator = await GrokEmulator.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static c => c.Dispose());
        await Emulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static bool IsUnstored(Arrangement arrangement) => arrangement is Arrangement.BareUnstored or Arrangement.AboveUnstoredConversations or Arrangement.BelowUnstoredConversations;

    protected static bool HasOwnId(Arrangement arrangement) => arrangement is not (Arrangement.Bare or Arrangement.BareUnstored or Arrangement.HistoryTracking);

    /// <summary>Creates the client below the pipelines.</summary>
    protected IChatClient Grok(bool isUnstored = false)
    {
        var options = new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress, MaxRetries = 0, RecoveryTimeout = TimeSpan.Zero };
        if (isUnstored)
        {
            options.Store = false;
        }

        var client = new GrokChatClient(options);
        _clients.Add(client);
        return client;
    }

    protected IChatClient Build(Arrangement arrangement, Action<FunctionInvokingChatClient>? configure = null)
    {
        var grok = Grok(IsUnstored(arrangement));
        return arrangement switch
        {
            Arrangement.AboveConversations or Arrangement.AboveUnstoredConversations => Functions(grok.AsConversationClient(new InMemoryConversationStore())),
            Arrangement.BelowConversations or Arrangement.BelowUnstoredConversations => Functions(grok).AsConversationClient(new InMemoryConversationStore()),
            Arrangement.HistoryTracking => Functions(grok.AsHistoryTrackingClient()),
            _ => Functions(grok),
        };

        IChatClient Functions(IChatClient client) => client.AsBuilder().UseFunctionInvocation(configure: configure).Build();
    }

    /// <summary>Returns the items of each request in short form: roles, calls, outputs and reasoning.</summary>
    protected IEnumerable<string> GetSentItems() => Emulator.Requests.Select(static r => string.Join(' ', r.Items.Select(static i => i.GetProperty("type").GetString() switch
    {
        "message" => i.GetProperty("role").GetString(),
        "function_call" => "call",
        "function_call_output" => "output",
        var other => other,
    })));

    /// <summary>A caller of a pipeline: passes new messages and continues by id, or passes the whole history, depending on the arrangement.</summary>
    private protected sealed class Caller(IChatClient client, Arrangement arrangement, bool isStreamed, params AITool[] tools)
    {
        private readonly ChatOptions _options = new() { Tools = [.. tools], ConversationId = HasOwnId(arrangement) ? Ticket : null };
        private readonly List<ChatMessage> _history = [];

        public Task<ChatResponse> SendAsync(string text) => SendAsync(new ChatMessage(ChatRole.User, text));

        public async Task<ChatResponse> SendAsync(ChatMessage message)
        {
            var passesHistory = arrangement is Arrangement.BareUnstored or Arrangement.HistoryTracking;
            _history.Add(message);
            IEnumerable<ChatMessage> messages = passesHistory ? _history : [message];
            var response = isStreamed ? await client.GetStreamingResponseAsync(messages, _options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(messages, _options, Now);
            _history.AddRange(response.Messages);
            if (!passesHistory)
            {
                Assert.NotNull(response.ConversationId);
                _options.ConversationId = response.ConversationId;
            }

            return response;
        }
    }
}
