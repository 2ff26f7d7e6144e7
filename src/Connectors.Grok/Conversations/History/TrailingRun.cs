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

        var (text, isWhole) = Collect(turn.Input.Concat(turn.Output), speaker);
        return isWhole ? turn.Header.Run + text : text;
    }

    /// <summary>Reads the text of the last run of a whole history.</summary>
    /// <param name="messages">The history.</param>
    /// <param name="speaker">The speaker of the run.</param>
    public static string Read(IEnumerable<ChatMessage> messages, string? speaker) => Collect(messages.SkipWhile(static m => FingerprintAtoms.IsSystem(m.Role)), speaker).Text;

    /// <summary>The last texts of a speaker, and whether the messages hold nothing before them.</summary>
    private static (string Text, bool IsWhole) Collect(IEnumerable<ChatMessage> messages, string? speaker)
    {
        var texts = new Stack<string>();
        foreach (var message in messages.Reverse())
        {
            foreach (var content in message.Contents.Reverse())
            {
                if (content is TextContent { Text: { Length: > 0 } text })
                {
                    if (FingerprintAtoms.Speaker(message) != speaker)
                    {
                        return (string.Concat(texts), false);
                    }

                    texts.Push(text);
                }
                else if (FingerprintAtoms.KindOf(content) is not null)
                {
                    return (string.Concat(texts), false);
                }
            }
        }

        return (string.Concat(texts), true);
    }
}
