using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>Leaves contents out of a history, depending on whether the result of a call follows. Ids may be used again in later turns, so the history is read from its end.</summary>
internal static class AnsweredCalls
{
    /// <summary>The messages without some of their contents, and without what held nothing else.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="following">What follows them.</param>
    /// <param name="isLeftOut">Told a content and the ids of all results that come after it.</param>
    public static IReadOnlyList<ChatMessage> Without(
        IReadOnlyList<ChatMessage> messages, IEnumerable<ChatMessage> following, Func<AIContent, IReadOnlySet<string>, bool> isLeftOut)
    {
        var answered = following.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.CallId).ToHashSet(StringComparer.Ordinal);
        return [.. messages.Reverse().Select(Without).OfType<ChatMessage>().Reverse()];

        ChatMessage? Without(ChatMessage message)
        {
            // What is kept, from the end; null while that is everything.
            var (contents, rest) = (message.Contents, (List<AIContent>?)null);
            for (var i = contents.Count - 1; i >= 0; i--)
            {
                if (!IsKept(contents[i]))
                {
                    rest ??= [.. contents.Skip(i + 1).Reverse()];
                }
                else
                {
                    rest?.Add(contents[i]);
                }
            }

            if (rest is null)
            {
                return message;
            }

            rest.Reverse();
            var copy = message.Clone();
            copy.Contents = rest;
            return rest.Count > 0 ? copy : null;
        }

        bool IsKept(AIContent content)
        {
            var isKept = !isLeftOut(content, answered);
            if (content is FunctionResultContent result)
            {
                answered.Add(result.CallId);
            }

            return isKept;
        }
    }
}
