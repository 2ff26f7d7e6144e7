using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Caching;

/// <summary>
/// Derives a <c>prompt_cache_key</c> from the beginning of a history: the first message of a user, and who is known of the caller. The key stays the
/// same while the history grows. Instructions are not part of it: where they change with each call, the key is still that of the conversation.
/// </summary>
/// <remarks>
/// A key is a hash that is keyed with the API key, so that nobody who sees it can confirm a guess of the message, and clients with different API keys never
/// share one. A client without an API key hashes without a secret: its credential may change with each request, and its keys must not. Equal first messages
/// of two callers share a key only where neither has a tenant, a user or a safety identifier.
/// </remarks>
internal sealed class PromptCacheKeys
{
    /// <summary>The most characters of a text that are hashed, so that the cost does not depend on the size of an image or a document. The length is hashed too.</summary>
    private const int MostCharacters = 8_192;

    private const string Digits = "0123456789abcdef";
    private const int BitsPerDigit = 4;

    private readonly byte[] _secret;

    private PromptCacheKeys(string? apiKey) => _secret = SHA256.HashData(Encoding.UTF8.GetBytes($"prompt cache keys\n{apiKey}"));

    /// <summary>The keys of a client; null where it sends only those of its caller.</summary>
    public static PromptCacheKeys? Create(GrokSettings settings) => settings.DerivePromptCacheKey ? new(settings.ApiKey) : null;

    /// <summary>A key as it is sent.</summary>
    public static string Format(UInt128 key)
    {
        // By hand: the platform's own way compiles the generic arithmetic of the type, in the first call of a process.
        Span<char> letters = stackalloc char[32];
        for (var i = letters.Length; i > 0; key >>= BitsPerDigit)
        {
            letters[--i] = Digits[(int)((ulong)key % (ulong)Digits.Length)];
        }

        return new string(letters);
    }

    /// <summary>The key of a request that holds the beginning of its history; null when no message of it is a user's.</summary>
    public UInt128? ForBeginning(CreateResponseRequest request, string? tenant)
    {
        foreach (var item in request.Input ?? [])
        {
            if (item is MessageItem { Role: "user" } first)
            {
                return ForBeginning(tenant, request.User, request.SafetyIdentifier, [first.Name, .. (first.Content ?? []).Select(Text)]);
            }
        }

        return null;
    }

    /// <summary>The key of a history.</summary>
    /// <param name="tenant">The tenant; null for none.</param>
    /// <param name="user">The caller's id of the end user; null for none.</param>
    /// <param name="safetyIdentifier">The hashed id of the end user; null for none.</param>
    /// <param name="first">What the first message of a user says.</param>
    public UInt128 ForBeginning(string? tenant, string? user, string? safetyIdentifier, ReadOnlySpan<string?> first) =>
        Derive(["beginning", tenant, user, safetyIdentifier, .. first]);

    /// <summary>The key of a conversation whose beginning is unknown: one that continues a response of another process.</summary>
    public UInt128 ForResponse(string responseId) => Derive(["response", responseId]);

    private static string? Text(ResponsePart part) => part switch
    {
        InputTextPart text => text.Text,
        InputImagePart { Inline: { Bytes: var bytes } } => $"{bytes.Length}:{Convert.ToBase64String(bytes.Span[..Math.Min(bytes.Length, MostCharacters / 2)])}",
        InputImagePart image => image.ImageUrl,
        InputFilePart file => file.FileId ?? file.FileUrl ?? file.FileData,
        _ => part.Type,
    };

    private UInt128 Derive(ReadOnlySpan<string?> parts)
    {
        using var bytes = new PooledBuffer<byte>(1024);
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(sizeof(int)), part?.Length ?? -1);
            bytes.Advance(sizeof(int));
            var text = part.AsSpan(0, Math.Min(part?.Length ?? 0, MostCharacters));
            bytes.Advance(Encoding.UTF8.GetBytes(text, bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, bytes.Span, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
