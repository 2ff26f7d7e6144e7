using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Memory;

namespace Web.Memory;

/// <summary>
/// Reads the contents of turns, and keeps what the page shows of them: texts, and images apart from them, each within a number of bytes. Turns never change, so nothing becomes
/// outdated. A turn with images is large, so only one is read at a time.
/// </summary>
internal sealed class TurnCache(ConversationChatClient client, WebSettings settings) : IDisposable
{
    private const int EntryBytes = 512;

    private readonly MemoryCache _texts = new(new MemoryCacheOptions { SizeLimit = settings.CachedBytes / 4 });
    private readonly MemoryCache _images = new(new MemoryCacheOptions { SizeLimit = settings.CachedBytes * 3 / 4 });
    private readonly SemaphoreSlim _reads = new(1);

    /// <summary>What the page shows of a turn.</summary>
    /// <exception cref="ProblemException">The turn was deleted.</exception>
    public async Task<TurnText> GetTextAsync(string visitor, ConversationTurn turn, CancellationToken cancellationToken) =>
        _texts.Get<TurnText>((visitor, turn.Id)) ?? await ReadAsync(visitor, turn, static read => read.Text, cancellationToken);

    /// <summary>An image of a turn.</summary>
    /// <exception cref="ProblemException">The turn has no such image, or was deleted.</exception>
    public async Task<DataContent> GetImageAsync(string visitor, ConversationTurn turn, int message, int image, CancellationToken cancellationToken) =>
        Find(visitor, turn, message, image) ?? await ReadAsync(
            visitor, turn, read => Attachments.ImagesOf(read.Input.ElementAtOrDefault(message)).ElementAtOrDefault(image) ?? throw new ProblemException(Problems.Unknown), cancellationToken);

    /// <summary>The messages of a turn, with all attachments.</summary>
    /// <exception cref="ProblemException">The turn was deleted.</exception>
    public Task<IReadOnlyList<ChatMessage>> GetInputAsync(string visitor, ConversationTurn turn, CancellationToken cancellationToken) =>
        ReadAsync(visitor, turn, static read => read.Input, cancellationToken, mayBeCached: false);

    public void Dispose()
    {
        _texts.Dispose();
        _images.Dispose();
        _reads.Dispose();
    }

    private DataContent? Find(string visitor, ConversationTurn turn, int message, int image) => _images.Get<DataContent>((visitor, turn.Id, message, image));

    private async Task<T> ReadAsync<T>(
        string visitor, ConversationTurn turn, Func<(IReadOnlyList<ChatMessage> Input, TurnText Text), T> select, CancellationToken cancellationToken, bool mayBeCached = true)
    {
        await _reads.WaitAsync(cancellationToken);
        try
        {
            // Another request may have read it in the meantime.
            if (mayBeCached && typeof(T) == typeof(TurnText) && _texts.Get<T>((visitor, turn.Id)) is { } known)
            {
                return known;
            }

            var manager = client.Conversations.ForTenant(visitor);
            var (input, output) = manager.Read(await manager.LoadAsync(turn, cancellationToken) ?? throw new ProblemException(Problems.Unknown));
            var text = TurnText.From(input, output);
            _texts.Set((visitor, turn.Id), text, new MemoryCacheEntryOptions { Size = text.Bytes + EntryBytes });
            for (var m = 0; m < input.Count; m++)
            {
                foreach (var (image, i) in Attachments.ImagesOf(input[m]).Select(static (image, i) => (image, i)))
                {
                    _images.Set((visitor, turn.Id, m, i), new DataContent(image.Data, image.MediaType), new MemoryCacheEntryOptions { Size = image.Data.Length + EntryBytes });
                }
            }

            return select((input, text));
        }
        finally
        {
            _reads.Release();
        }
    }
}
