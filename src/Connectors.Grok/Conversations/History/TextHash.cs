using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations.History;

/// <summary>SHA-256 hashes of texts, in hexadecimal.</summary>
internal static class TextHash
{
    public static string Of(ReadOnlySpan<char> text, int bytes = SHA256.HashSizeInBytes)
    {
        // Answers are hashed here, before their last update leaves: nothing of them is copied to an array of its own.
        using var utf8 = new PooledBuffer<byte>(Encoding.UTF8.GetByteCount(text));
        utf8.Advance(Encoding.UTF8.GetBytes(text, utf8.GetSpan()));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8.Span, hash);
        return Convert.ToHexString(hash[..bytes]);
    }

    /// <summary>The hash of a text; null for null.</summary>
    public static string? OfOptional(string? text) => text is null ? null : Of(text);

    /// <summary>One stable value per conversation that does not show the application's own id.</summary>
    public static string CacheKey(ConversationId id) => Of($"{id.Tenant.Length}:{id.Tenant}{id.Name}", 16);
}
