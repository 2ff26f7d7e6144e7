using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>A conversation of a thousand turns that the service forgot: it rejects the response id, and everything is sent from the in-memory store.</summary>
[MemoryDiagnoser]
public class RebuiltConversation
{
    private const int Words = 100;
    private const string Name = "ticket-4711";

    private static readonly byte[] Answer = Payloads.Stream(Words, 0);

    private readonly MemoryTransport _transport = MemoryTransport.Events(Answer);

    // More than a question and less than two turns.
    private readonly MemoryTransport _forgetful = new(Answer, "text/event-stream") { ForgetsBelow = 12 * Words };
    private readonly InMemoryConversationStore _store = new();
    private readonly List<ChatMessage> _messages = [];
    private readonly GrokChatClient _bare;
    private readonly IChatClient _conversations;
    private Task? _held;
    private string? _lastTurn;

    public RebuiltConversation()
    {
        _bare = _transport.NewGrok();
        _conversations = _forgetful.NewGrok().AsConversationClient(_store);
    }

    /// <summary>The number of turns before the question.</summary>
    public int Turns { get; init; } = 1_000;

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok)];

    /// <summary>The floor: the plain client sends the same messages.</summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        await (_held ??= HoldAsync());
        await _bare.GetResponseAsync([.. _messages, Question()]);
        return new Tally(_messages.Count + 1, _transport.Sent);
    }

    /// <summary>Each time after the same turn, so that the conversation does not grow.</summary>
    [Benchmark]
    public async Task<Tally> Grok()
    {
        await (_held ??= HoldAsync());
        await _conversations.GetResponseAsync([Question()], new ChatOptions { ConversationId = Name }.WithParentTurn(_lastTurn));
        return new Tally(_messages.Count + 1, _forgetful.Sent);
    }

    private static ChatMessage Question() => new(ChatRole.User, Payloads.Text(Words));

    private async Task HoldAsync()
    {
        var conversations = _transport.NewGrok().AsConversationClient(_store);
        for (var turn = 0; turn < Turns; turn++)
        {
            var question = Question();
            var response = await conversations.GetResponseAsync([question], new ChatOptions { ConversationId = Name });
            _messages.AddRange([question, .. response.Messages]);
            _lastTurn = response.GetTurnId();
        }
    }
}
