using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// Turns hashes of messages and instructions into those that a store keeps. Where a protector encrypts the messages they are keyed, so that
/// nobody who reads the store can confirm a guess of what a message says.
/// </summary>
/// <param name="Key">The key; null where hashes are stored as they are.</param>
internal readonly record struct FingerprintKey(byte[]? Key)
{
    private const string Mark = "k";
    private const int Size = 32;

    /// <summary>No key.</summary>
    public static FingerprintKey None => default;

    /// <summary>A key that the application's own implies for a tenant.</summary>
    public static FingerprintKey Derive(byte[] applicationKey, string tenant) => new(HMACSHA256.HashData(applicationKey, Encoding.UTF8.GetBytes("fingerprints\n" + tenant)));

    /// <summary>A random key, which is kept within the encrypted content of the turns that have it.</summary>
    public static FingerprintKey Create() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Whether a stored hash is keyed.</summary>
    public static bool IsKeyed(string? stored) => stored?.StartsWith(Mark, StringComparison.Ordinal) == true;

    /// <summary>The hash as it is stored.</summary>
    public string Apply(string hash) =>
        Key is null ? hash : $"{Mark}{Convert.ToHexString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(hash)))}";

    /// <inheritdoc cref="Apply"/>
    public string? ApplyOptional(string? hash) => hash is null ? null : Apply(hash);
}
