using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>What the clients of this room share: checking what they are given, and starting a stream that may have to be started anew.</summary>
internal static class StreamStarter
{
    /// <exception cref="ArgumentException">There are no messages, or one is null.</exception>
    public static List<ChatMessage> Checked(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var list = messages.ToList();
        return list.Contains(null!) ? throw new ArgumentException("A message is null.", nameof(messages)) : list;
    }

    /// <summary>A stream that stands on its first update. Before it nobody has seen anything, and the attempt can be made anew.</summary>
    /// <param name="open">Starts an attempt.</param>
    /// <param name="rebuildOrThrow">Prepares the next attempt after a failure, or throws it.</param>
    public static async Task<IAsyncEnumerator<ChatResponseUpdate>> BeginAsync(Func<IAsyncEnumerator<ChatResponseUpdate>> open, Func<GrokException, ValueTask> rebuildOrThrow)
    {
        while (true)
        {
            var stream = open();
            var isKept = false;
            try
            {
                isKept = await stream.MoveNextAsync().ConfigureAwait(false);
                return isKept ? stream : throw new GrokException(GrokErrorKind.StreamBroken, "The stream held nothing.");
            }
            catch (GrokException e)
            {
                await rebuildOrThrow(e).ConfigureAwait(false);
            }
            finally
            {
                if (!isKept)
                {
                    await stream.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }
}
