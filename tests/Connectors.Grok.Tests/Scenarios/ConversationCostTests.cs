using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>What a turn costs in round trips to the store, in bytes and in messages sent, however long the conversation is and whatever the caller passes.</summary>
public sealed class ConversationCostTests(ITestOutputHelper output)
{
    private static readonly int[] Depths = [10, 1_000, 10_000];

    /// <summary>Callers, by what they pass: the messages before the new one, and whether they name the conversation.</summary>
    private static readonly (string Name, Func<List<ChatMessage>, IEnumerable<ChatMessage>> Passed, bool IsNamed)[] Callers =
    [
        ("named, new messages", static _ => [], true),
        ("named, whole history with stamps", static h => h, true),
        ("unnamed, whole history with stamps", static h => h, false),
        ("named, whole history without stamps", static h => h.Select(Bare), true),
        ("named, last six messages with stamps", static h => h.TakeLast(6), true),
        ("named, last six messages without stamps", static h => h.TakeLast(6).Select(Bare), true),
    ];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Round_trips_and_bytes_of_a_turn_do_not_grow_with_the_conversation(bool isProtected, bool hasKey)
    {
        var store = new HookedStore(new InMemoryConversationStore());
        using var client = new Echo().AsConversationClient(
            store, new ConversationOptions { Protector = isProtected ? new XorProtector() : null, HistoryKey = hasKey ? Some.HistoryKey : null });
        var rows = new List<(string Caller, int Turns, int RoundTrips, int Bytes, int Sent)>();
        List<ChatMessage> history = [];
        foreach (var depth in Depths)
        {
            for (var turn = history.Count / 2; turn < depth; turn++)
            {
                var question = new ChatMessage(ChatRole.User, $"Question {turn:D5}?");
                history.AddRange([question, .. (await AskAsync(client, [question], "t")).Messages]);
            }

            foreach (var (name, passed, isNamed) in Callers)
            {
                await client.Conversations.ForkAsync("t", "copy", null);
                store.Calls.Clear();
                // The fork has the same turns; stamps name the original, as those of a fork's callers do.
                await AskAsync(client, [.. passed(history), new(ChatRole.User, "Question last?")], isNamed ? "copy" : null);
                var calls = store.Calls.Count;
                var changed = (await client.Conversations.GetAsync(isNamed ? "copy" : "t"))!.Head!;
                rows.Add((name, depth, calls, changed.Content.Length + ConversationTurnJson.Write(changed).Length, client.GetService<Echo>()!.Sent));
                await client.Conversations.DeleteAsync("copy");
                if (!isNamed)
                {
                    await client.Conversations.RewindAsync("t", 1);
                }
            }
        }

        foreach (var (caller, turns, trips, bytes, sent) in rows)
        {
            output.WriteLine($"{(isProtected ? hasKey ? "protected, shared key" : "protected" : "plain"),-22} {caller,-42} {turns,6} turns: {trips} round trips, {bytes,5} bytes kept, {sent} messages sent");
        }

        // A look-up before the request and an append after it; under a protector without a shared key, the key must be read before the look-up.
        Assert.All(rows, r => Assert.Equal((r.Caller, r.Caller.Contains("new", StringComparison.Ordinal) || !isProtected || hasKey ? 2 : 3), (r.Caller, r.RoundTrips)));
        Assert.All(rows.Where(static r => !r.Caller.Contains("last six", StringComparison.Ordinal)), static r => Assert.Equal((r.Caller, 1), (r.Caller, r.Sent)));
        Assert.All(rows.Where(static r => r.Caller.Contains("last six", StringComparison.Ordinal)), static r => Assert.Equal((r.Caller, 7), (r.Caller, r.Sent)));
        var kept = rows.Where(static r => r.Sent == 1).Select(static r => r.Bytes).ToList();
        Assert.InRange(kept.Max(), kept.Min(), kept.Min() * 1.1);
    }

    private static ChatMessage Bare(ChatMessage message) => new(message.Role, message.Text);

    private static Task<ChatResponse> AskAsync(IChatClient client, List<ChatMessage> messages, string? conversation) =>
        client.GetResponseAsync(messages, new ChatOptions { ConversationId = conversation });

    /// <summary>A service that stores its answers and remembers nothing of them.</summary>
    private sealed class Echo : IChatClient
    {
        private int _answers;

        /// <summary>The number of messages of the last request.</summary>
        public int Sent { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Sent = messages.Count();
            var id = $"response-{++_answers:D5}";
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $"Answer {_answers:D5}.") { MessageId = id })
            {
                ResponseId = id,
                ConversationId = id,
                ModelId = "grok-4.7",
                FinishReason = ChatFinishReason.Stop,
            });
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var update in (await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false)).ToChatResponseUpdates())
            {
                yield return update;
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(Echo) ? this : null;

        public void Dispose()
        {
        }
    }
}
