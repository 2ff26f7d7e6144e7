using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Conversations.History;

/// <summary>SHA-256 hashes of texts, in hexadecimal.</summary>
internal static class TextHash
{
    public static string Of(string text, int bytes = 32) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));

    /// <summary>The hash of a text; null for null.</summary>
    public static string? OfOptional(string? text) => text is null ? null : Of(text);

    /// <summary>One stable value per conversation that does not show the application's own id.</summary>
    public static string CacheKey(ConversationId id) => Of($"{id.Tenant.Length}:{id.Tenant}{id.Name}", 16);
}
