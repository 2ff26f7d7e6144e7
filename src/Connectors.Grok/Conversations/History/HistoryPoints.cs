using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>The places in a history at which a turn may end: after each answer, and after results of functions.</summary>
internal sealed class HistoryPoints
{
    private readonly List<HistoryPoint> _points;

    /// <summary>Hashes each message of a history once.</summary>
    public HistoryPoints(IReadOnlyList<ChatMessage> messages)
    {
        // As a rule every other message is an answer.
        _points = new((messages.Count / 2) + 1);
        using var fingerprint = Fingerprint.Start();
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            fingerprint.Add(message);
            if (message.Role == ChatRole.Assistant || message.Role == ChatRole.Tool)
            {
                _points.Add(new(index, fingerprint.ToHash()));
            }
        }

        End = fingerprint.State!;
    }

    /// <summary>The points, the first one first.</summary>
    public IReadOnlyList<HistoryPoint> All => _points;

    /// <summary>The fingerprint of the whole history, from which an answer continues.</summary>
    public FingerprintState End { get; }

    /// <summary>The last point that matches; null for none.</summary>
    public HistoryPoint? FindLast(Predicate<HistoryPoint> isMatch) => _points.FindLastIndex(isMatch) is var i and >= 0 ? _points[i] : null;

    /// <summary>The last point up to which the history has a fingerprint; null for none.</summary>
    public HistoryPoint? FindLast(FingerprintState state)
    {
        var hash = Convert.FromHexString(state.Hash);
        return FindLast(p => p.Hash.AsSpan().SequenceEqual(hash));
    }
}
