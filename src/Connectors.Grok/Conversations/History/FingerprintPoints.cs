using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>The fingerprints of a history up to and including each of its answers, with the index of that answer.</summary>
internal static class FingerprintPoints
{
    public static Dictionary<string, int> Of(IReadOnlyList<ChatMessage> messages)
    {
        using var fingerprint = Fingerprint.After(null);
        return Of(messages, fingerprint);
    }

    /// <param name="messages">The messages.</param>
    /// <param name="fingerprint">The fingerprint before them; it moves to their end.</param>
    public static Dictionary<string, int> Of(IReadOnlyList<ChatMessage> messages, Fingerprint fingerprint)
    {
        var points = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < messages.Count; index++)
        {
            fingerprint.Add(messages[index]);
            if (messages[index].Role == ChatRole.Assistant)
            {
                points[fingerprint.ToString()] = index;
            }
        }

        return points;
    }
}
