using System.Security.Cryptography;
using Connectors.Grok.Conversations;

namespace Web.Security;

/// <summary>
/// The key that signs the cookies of visitors. All nodes share it through the conversation store: the first node that needs it creates it there, by compare-and-swap, under a tenant that no
/// visitor can have.
/// </summary>
internal sealed class VisitorKeys(ConversationStore store, TimeProvider clock) : IDisposable
{
    private const int KeyBytes = 32;
    private static readonly ConversationId Id = new("web:keys", "visitors");
    private readonly SemaphoreSlim _reading = new(1);
    private byte[]? _key;

    /// <summary>Signs a text.</summary>
    /// <exception cref="ConversationStoreException">The store cannot be reached.</exception>
    public async ValueTask<byte[]> SignAsync(byte[] text, CancellationToken cancellationToken) =>
        HMACSHA256.HashData(_key ?? await ReadAsync(cancellationToken), text);

    public void Dispose() => _reading.Dispose();

    private async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            while (_key is null)
            {
                if (await store.LookUpAsync(Id, null, cancellationToken) is { Head.Content: { Length: KeyBytes } key } found)
                {
                    // A purge deletes what was not changed for long: each start of a node counts as a change.
                    await store.MoveAsync(Id, found.Info.Head, found.Info.Head, cancellationToken: cancellationToken);
                    _key = key.ToArray();
                    break;
                }

                var turn = new ConversationTurn
                {
                    Id = Guid.NewGuid().ToString("N"),
                    Depth = 0,
                    IsStored = false,
                    CreatedAt = clock.GetUtcNow(),
                    Content = RandomNumberGenerator.GetBytes(KeyBytes),
                };
                await store.AppendAsync(Id, turn, null, cancellationToken: cancellationToken);
            }

            return _key;
        }
        finally
        {
            _reading.Release();
        }
    }
}
