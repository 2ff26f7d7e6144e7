using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>The text with which a turn ends, when the next turn begins with the same speaker: see <see cref="Fingerprint"/>.</summary>
internal static class TrailingRun
{
    /// <summary>Reads the text of the last run.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="speaker">The speaker of the run.</param>
    /// <returns>The text, with what earlier turns hold of it; null when the messages were not kept.</returns>
    public static string? Read(TurnContent turn, string? speaker)
    {
        if (turn.Kept != ConversationRetention.Everything)
        {
            return null;
        }

        if (turn.Header.IsCompaction)
        {
            // Of the turn before it: a summary has no text of its own.
            return turn.Header.Run ?? "";
        }

        var texts = new Stack<string>();
        foreach (var message in turn.Input.Concat(turn.Output).Reverse())
        {
            foreach (var content in message.Contents.Reverse())
            {
                if (content is TextContent { Text: { Length: > 0 } text })
                {
                    if (FingerprintAtoms.Speaker(message) != speaker)
                    {
                        return string.Concat(texts);
                    }

                    texts.Push(text);
                }
                else if (FingerprintAtoms.KindOf(content) is not null)
                {
                    return string.Concat(texts);
                }
            }
        }

        return turn.Header.Run + string.Concat(texts);
    }
}
