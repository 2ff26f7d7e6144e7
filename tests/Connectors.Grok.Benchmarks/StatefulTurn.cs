using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>
/// A turn of a conversation with a streamed answer of reasoning and text, over the plain client with the id of the last response, and under an
/// application's own id over the in-memory store.
/// </summary>
[MemoryDiagnoser]
public class StatefulTurn
{
    public const int Texts = 400;
    public const int Thoughts = 100;
    public const int SealedBytes = 1500;

    /// <summary>How many turns a conversation has: the cost of a store with a hundred thousand turns is not measured.</summary>
    public const int Conversation = 100;
    public const string Name = "ticket-4711";

    private readonly GrokChatClient _bare;
    private readonly GrokChatClient _grok;
    private IChatClient _conversations = null!;
    private int _turns;

    public StatefulTurn()
    {
        var transport = MemoryTransport.Events(Payloads.Stream(Texts, Thoughts, SealedBytes));
        _bare = transport.NewGrok();
        _grok = transport.NewGrok();
    }

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok)];

    // Each reads in a loop of its own: the JIT compiler optimizes a loop for the first stream, which would be that of the floor.
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        var (count, size) = (0, 0L);
        await foreach (var update in Ask(_bare, Payloads.Id))
        {
            count += IsEnd(update, Payloads.Id) ? 1 : 0;
            size += update.Text.Length;
        }

        return new Tally(count, size);
    }

    [Benchmark]
    public async Task<Tally> Grok()
    {
        if (_turns++ % Conversation == 0)
        {
            _conversations = _grok.AsConversationClient(new InMemoryConversationStore());
        }

        var (count, size) = (0, 0L);
        await foreach (var update in Ask(_conversations, Name))
        {
            count += IsEnd(update, Name) ? 1 : 0;
            size += update.Text.Length;
        }

        return new Tally(count, size);
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Ask(IChatClient client, string id) =>
        client.GetStreamingResponseAsync(Payloads.Question, new ChatOptions { ConversationId = id });

    private static bool IsEnd(ChatResponseUpdate update, string id) => update.FinishReason is not null && update.ConversationId == id;
}
