using System.Security.Cryptography;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Tests.Support;

/// <summary>A protector that flips bits and appends a hash of the associated data. Content without one is what storage version 1 wrote.</summary>
internal sealed class XorProtector : IConversationProtector
{
    public byte[] Protect(byte[] content, byte[] associatedData) => [.. Flip(content), .. Tag(associatedData)];

    public byte[] Unprotect(byte[] encrypted, byte[] associatedData)
    {
        var tag = Tag(associatedData);
        return tag.Length == 0 || encrypted.AsSpan().EndsWith(tag)
            ? Flip(encrypted[..^tag.Length])
            : throw new CryptographicException("The content is bound to another tenant or turn.");
    }

    public static byte[] Flip(byte[] bytes) => [.. bytes.Select(static b => (byte)(b ^ 0x55))];

    private static byte[] Tag(byte[] associatedData) => associatedData.Length == 0 ? [] : SHA256.HashData(associatedData);
}
