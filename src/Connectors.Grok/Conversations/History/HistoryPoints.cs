using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>The places in a history at which a turn may end: after each answer, and after results of functions.</summary>
internal static class HistoryPoints
{
    public static List<HistoryPoint> From(IReadOnlyList<ChatMessage> messages)
    {
        using var fingerprint = Fingerprint.Start();
        var answer = new AnswerFingerprint(null);
        var points = new List<HistoryPoint>();
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            fingerprint.Add(message);
            answer.Add(message);
            if (message.Role == ChatRole.Assistant || message.Role == ChatRole.Tool)
            {
                points.Add(new(index, fingerprint.State!, [.. answer.Possible()]));
            }
        }

        return points;
    }
}
