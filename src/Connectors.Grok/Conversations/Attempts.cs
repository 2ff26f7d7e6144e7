using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>What the clients of this room share: checking what they are given, and starting a stream that may have to be started anew.</summary>
internal static class Attempts
{
    /// <exception cref="ArgumentException">There are no messages, or one is null.</exception>
    public static List<ChatMessage> Checked(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var list = messages.ToList();
        return list.Contains(null!) ? throw new ArgumentException("A message is null.", nameof(messages)) : list;
    }

    /// <summary>An answer that stands on its first update. Before it nobody has seen anything, and the attempt can be made anew.</summary>
    /// <param name="open">Starts an attempt.</param>
    /// <param name="rebuildOrThrow">Prepares the next attempt after a failure, or throws it.</param>
    public static async Task<StreamedAnswer> BeginAsync(Func<StreamedAnswer> open, Func<GrokException, ValueTask> rebuildOrThrow)
    {
        while (true)
        {
            var answer = open();
            var isKept = false;
            try
            {
                isKept = await answer.MoveNextAsync().ConfigureAwait(false);
                return isKept ? answer : throw new GrokException(GrokErrorKind.StreamBroken, "The stream held nothing.");
            }
            catch (GrokException e)
            {
                await rebuildOrThrow(e).ConfigureAwait(false);
            }
            finally
            {
                if (!isKept)
                {
                    await answer.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }
}
