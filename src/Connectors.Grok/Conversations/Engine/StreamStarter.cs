using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>Shared by the clients of this room: checks their messages, and starts a stream, again if the first attempt fails before its first update.</summary>
internal static class StreamStarter
{
    /// <exception cref="ArgumentException">There are no messages, or one is null.</exception>
    public static List<ChatMessage> Checked(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var list = messages.ToList();
        return list.Contains(null!) ? throw new ArgumentException("A message is null.", nameof(messages)) : list;
    }

    /// <summary>Returns a stream on its first update. Until then the caller has seen nothing, so a failed attempt can be repeated.</summary>
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
