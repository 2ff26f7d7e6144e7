using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Cost;

/// <summary>
/// Runs a conversation of 200 turns at an emulator in this process, and reads what each turn costs. Every run gives the same numbers.
/// </summary>
internal static class CostRun
{
    public const int Turns = 200;
    public const string Model = "grok-4.7";

    /// <summary>The servers among which requests without a cache key are distributed.</summary>
    public const int Servers = 50;

    private const int QuestionWords = 1_500;
    private const int ReasoningWords = 100;
    private const int AnswerWords = 400;
    private const string Instructions = "You answer questions about reports.";

    /// <summary>The parts of the table and the lines of the plot.</summary>
    public static IReadOnlyList<CostMode> Modes { get; } = Enum.GetValues<CostMode>();

    public static async Task<List<TurnCost>> RunAsync(CostMode mode)
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { CacheServers = Servers, MaxRecordedRequests = 1 });
        emulator.Script.When(static _ => true).Always(static r => r.Reasoning(Words("think", ReasoningWords)).Text(Words("word", AnswerWords)));
        using var http = new HttpClient(emulator.CreateHandler());
        using var client = new GrokChatClient(new GrokChatClientOptions { Model = Model, ApiKey = "xai-test", Endpoint = emulator.BaseAddress }, http);
        return mode is CostMode.NoState or CostMode.State ? await WithoutConversationsAsync(((IChatClient)client).GetRequiredService<GrokResponsesClient>(), mode) : await WithConversationsAsync(client, mode);
    }

    private static async Task<List<TurnCost>> WithoutConversationsAsync(GrokResponsesClient client, CostMode mode)
    {
        var (costs, history, previous) = (new List<TurnCost>(), new List<ResponseItem> { Message("system", Instructions) }, (string?)null);
        for (var turn = 1; turn <= Turns; turn++)
        {
            var question = Message("user", Question(turn));
            history.Add(question);
            var response = await client.CreateAsync(new CreateResponseRequest
            {
                Model = Model,
                Store = mode == CostMode.State,
                PreviousResponseId = previous,
                Input = previous is null ? history : [question],
            });
            previous = mode == CostMode.State ? response.Id : null;
            history.AddRange(response.Output!.OfType<MessageItem>().Select(static m => Message("assistant", ((OutputTextPart)m.Content![0]).Text!)));
            costs.Add(new(response.Usage!.InputTokens!.Value, response.Usage.InputTokensDetails!.CachedTokens!.Value, response.Usage.CostInUsdTicks!.Value, IsCompacted: false));
        }

        return costs;
    }

    private static async Task<List<TurnCost>> WithConversationsAsync(GrokChatClient client, CostMode mode)
    {
        var conversations = client.AsConversationClient(new InMemoryConversationStore(), new() { Compaction = mode == CostMode.Compaction ? new() : null });
        for (var turn = 1; turn <= Turns; turn++)
        {
            await conversations.GetResponseAsync(Question(turn), new() { ConversationId = "ticket-4711", Instructions = Instructions });
        }

        return TurnCost.From(await conversations.Conversations.GetTurnsAsync("ticket-4711"));
    }

    private static MessageItem Message(string role, string text) => new()
    {
        Role = role,
        Content = [role == "assistant" ? new OutputTextPart { Text = text } : new InputTextPart(text)],
    };

    private static string Question(int turn) => $"{turn:000} {Words("data", QuestionWords - 1)}";

    // A word of up to four letters is a token of the emulator.
    private static string Words(string word, int count) => string.Join(' ', Enumerable.Repeat(word[..4], count));
}
