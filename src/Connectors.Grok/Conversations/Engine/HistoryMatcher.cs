using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// Decides what the messages of a call are. One place decides for named conversations and for hosts that pass the whole history; only the
/// source that is searched for the fingerprints differs: a store, the stamps on the messages, the memory of this process.
/// </summary>
/// <param name="messages">The messages of the call.</param>
internal sealed class HistoryMatcher(IReadOnlyList<ChatMessage> messages)
{
    private HistoryPoints? _points;
    private List<string>? _answers;

    /// <summary>Whether the messages hold an answer at all. When not, they are new.</summary>
    public bool HoldsAnswers { get; } = messages.Any(static m => m.Role == ChatRole.Assistant);

    /// <summary>The places at which a turn may end.</summary>
    public HistoryPoints Points => _points ??= new(messages);

    /// <summary>The hashes under which the answers may be stored.</summary>
    public IReadOnlyList<string> Answers => _answers ??= AnswerFingerprint.In(messages);

    /// <summary>The stamps on the answers, of one conversation, or of any.</summary>
    public static IEnumerable<(string Conversation, string Turn)> Stamps(IEnumerable<ChatMessage> messages) =>
        messages.Where(static m => m.Role == ChatRole.Assistant).Select(static m => HistoryStamps.TurnOf(m)).OfType<(string, string)>();

    /// <summary>What to look for in a store.</summary>
    /// <param name="key">The key of its fingerprints.</param>
    /// <param name="conversation">The conversation whose stamps count as evidence.</param>
    /// <param name="isNamed">Whether the caller named the conversation. Else only stamps are evidence, since other users may have had the same answers.</param>
    public ConversationHistoryQuery ToQuery(FingerprintKey key, string conversation, bool isNamed) => new()
    {
        Fingerprints = [.. Points.All.Select(p => key.Apply(p.Text))],
        AnswerFingerprints = isNamed ? [.. Answers.Select(key.Apply)] : [],
        TurnIds = [.. Stamps(messages).Where(s => isNamed || s.Conversation == conversation).Select(static s => s.Turn).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>Decides.</summary>
    /// <param name="matched">The index of the last message of the prefix that a turn equals; null for none.</param>
    /// <param name="holdsAnswer">Whether the messages hold an answer of the conversation.</param>
    public PassedMessages Decide(int? matched, bool holdsAnswer) => matched switch
    {
        // With nothing new after it, the history is sent as it is.
        { } index => index + 1 < messages.Count ? PassedMessages.WholeHistory : PassedMessages.OwnView,
        null => holdsAnswer ? PassedMessages.OwnView : PassedMessages.New,
    };
}
