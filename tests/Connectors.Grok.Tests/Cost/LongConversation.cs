using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Cost;

/// <summary>A conversation of many turns at an emulator in this process. Its first message tells a name, and a question for it comes every 50 turns.</summary>
internal sealed class LongConversation : IAsyncDisposable
{
    public const string Name = "ticket-4711";
    public const string Ending = "Over and out.";
    private const int TurnsBetweenQuestions = 50;

    private readonly GrokEmulator _emulator;
    private readonly HttpClient _http;

    /// <param name="window">The context window of the emulator, in tokens; null for that of the model.</param>
    /// <param name="compaction">When the conversation is compacted; null for never.</param>
    public LongConversation(int? window, ConversationCompaction? compaction)
    {
        _emulator = new GrokEmulator(new GrokEmulatorOptions { ContextLength = window });
        _http = new HttpClient(_emulator.CreateHandler());
        var grok = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = _emulator.BaseAddress }, _http);
        Client = grok.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { Compaction = compaction });
    }

    public ConversationChatClient Client { get; }

    /// <summary>The messages as a caller keeps them.</summary>
    public List<ChatMessage> History { get; } = [];

    public IReadOnlyList<RecordedRequest> Requests => _emulator.Requests;

    /// <summary>The number of turns whose answer came.</summary>
    public int Turns { get; private set; }

    /// <summary>The question of a turn, the first one being 1.</summary>
    public static string Question(int turn) => turn switch
    {
        1 => "My name is Alice. Remember this.",
        _ when turn % TurnsBetweenQuestions == 0 => "What's my name?",
        _ => $"Note {turn}: the crew loaded {turn % 7} blue crates at pier {turn % 11}, the wind turned north before noon, and the ferry left {turn % 5} minutes late with all passengers on board.",
    };

    /// <summary>Runs turns until a number of them is reached.</summary>
    /// <exception cref="GrokException">A turn failed.</exception>
    public async Task RunToAsync(int turns)
    {
        while (Turns < turns)
        {
            await SayAsync([new(ChatRole.User, Question(Turns + 1))]);
        }
    }

    /// <summary>Sends messages, and checks what the answer must hold.</summary>
    public async Task<ChatResponse> SayAsync(IReadOnlyList<ChatMessage> messages)
    {
        var options = new ChatOptions { ConversationId = Name, Instructions = $"You keep the log of a harbour. End every answer with \"{Ending}\"" };
        var answer = await Client.GetResponseAsync(messages, options);
        Turns++;
        History.Add(messages[^1]);
        History.AddRange(answer.Messages);
        Assert.EndsWith(Ending, answer.Text, StringComparison.Ordinal);
        if (messages[^1].Text.Contains("my name?", StringComparison.Ordinal))
        {
            Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
        }

        return answer;
    }

    public async Task<List<TurnCost>> CostsAsync() => TurnCost.From(await Client.Conversations.GetTurnsAsync(Name));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        await _emulator.DisposeAsync();
    }
}
