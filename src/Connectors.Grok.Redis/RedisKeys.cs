using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>The names of keys. What stands in braces decides the slot.</summary>
/// <param name="prefix">What every key begins with.</param>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>The number of keys that the list of all conversations by age is divided into, so that no slot gets every change.</summary>
    public const int AgeBuckets = 16;

    private const int HashLength = 43;

    /// <summary>The key of the format's version.</summary>
    public RedisKey Version => $"{prefix}{{version}}";

    /// <summary>The keys of a tree's scripts: its hash, its index, and the place of the name with the same hash.</summary>
    public RedisKey[] Tree(string tree) => [$"{prefix}{{{tree}}}:t", $"{prefix}{{{tree}}}:i", Place(tree)];

    /// <summary>The hash of a tree.</summary>
    public RedisKey Turns(string tree) => $"{prefix}{{{tree}}}:t";

    /// <summary>The index of a tree.</summary>
    public RedisKey Index(string tree) => $"{prefix}{{{tree}}}:i";

    /// <summary>Where a name is: a tree, and the name's instance in it.</summary>
    public RedisKey Place(string name) => $"{prefix}{{{name}}}:h";

    /// <summary>Where a turn is: a tree, and the token of the call that added it.</summary>
    public RedisKey Claim(string turn) => $"{prefix}{{{turn}}}:k";

    /// <summary>Tells a call that its claim of a turn id was taken away.</summary>
    public RedisKey Fence(string tree, string token) => $"{prefix}{{{tree}}}:x:{token}";

    /// <summary>What a call writes last before it waits for replicas.</summary>
    public RedisKey Waiting(string slot) => $"{prefix}{{{slot}}}:w";

    /// <summary>A tenant's conversations, the last changed first.</summary>
    public RedisKey List(string tenant) => $"{prefix}{{{Hash(Encoding.UTF8.GetBytes(tenant))}}}:l";

    /// <summary>A part of all conversations, the oldest first.</summary>
    public RedisKey Ages(int bucket) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{{ages-{bucket}}}:a");

    /// <summary>A key that is never written, to check the slot of <see cref="Ages(int)"/>.</summary>
    public RedisKey Probe(int bucket) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{{ages-{bucket}}}:probe");

    /// <summary>The part of all conversations that holds a name.</summary>
    public RedisKey Ages(string name) => Ages(name[0] % AgeBuckets);

    /// <summary>The hash of tenant and id, 43 characters for ids of any length. The tenant's length is hashed first, so that tenant and id cannot be confused.</summary>
    public static string Hash(string tenant, string id)
    {
        var length = Encoding.UTF8.GetByteCount(tenant);
        var bytes = new byte[sizeof(int) + length + Encoding.UTF8.GetByteCount(id)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        Encoding.UTF8.GetBytes(tenant, bytes.AsSpan(sizeof(int)));
        Encoding.UTF8.GetBytes(id, bytes.AsSpan(sizeof(int) + length));
        return Hash(bytes);
    }

    public static string Hash(ConversationId id) => Hash(id.Tenant, id.Name);

    /// <summary>The hash of a fingerprint, 22 characters for texts of any length; <c>-</c> for none.</summary>
    public static string HashFingerprint(string? fingerprint) => fingerprint is null ? "-" : Hash(Encoding.UTF8.GetBytes(fingerprint))[..22];

    /// <summary>22 characters that nobody else has: the instance of a name, or the token of a call.</summary>
    public static string NewId() => Encode(RandomNumberGenerator.GetBytes(16));

    /// <summary>Ticks as digits of one length.</summary>
    public static string Digits(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>Digits of one length that sort the latest time first.</summary>
    public static string Descending(DateTimeOffset time) => (DateTimeOffset.MaxValue.Ticks - time.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The member of <see cref="List"/> for a name that was changed at a moment.</summary>
    public static string ListMember(DateTimeOffset updated, string name, Place place) => $"{Descending(updated)}{name}{place}";

    /// <summary>The member of <see cref="Ages(string)"/> for a name that was changed at a moment.</summary>
    public static string AgeMember(DateTimeOffset updated, string name, Place place) => $"{Digits(updated)}{name}{place}";

    /// <summary>Reads a member of either.</summary>
    public static (string Time, string Name, Place Place) ParseMember(string member) =>
        (member[..19], member.Substring(19, HashLength), Redis.Place.Parse(member[(19 + HashLength)..]));

    /// <summary>The hash of a content that scripts can compute. No secret depends on it.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "Redis scripts have no other hash; it only tells two versions of a content apart.")]
    public static string ContentHash(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA1.HashData(content)).ToLowerInvariant();

    private static string Hash(byte[] bytes) => Encode(SHA256.HashData(bytes));

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}

/// <summary>Where a name is.</summary>
/// <param name="Tree">The tree: the hash of the name that began it.</param>
/// <param name="Instance">The name's instance, which no other name and no later creation of the name has.</param>
internal readonly record struct Place(string Tree, string Instance)
{
    /// <summary>Reads the text of <see cref="ToString"/>.</summary>
    public static Place Parse(string text) => text.Split(' ') is [var tree, var instance] ? new(tree, instance) : throw new InvalidDataException("A place is not a tree and an instance.");

    public override string ToString() => $"{Tree} {Instance}";
}
