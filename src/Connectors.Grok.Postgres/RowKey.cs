using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Postgres;

/// <summary>Row keys: the SHA-256 hash of tenant and id, 32 bytes for ids of any length. The tenant's length is hashed first, so that tenant and id cannot be confused.</summary>
internal static class RowKey
{
    public static byte[] Create(string tenant, string id)
    {
        var length = Encoding.UTF8.GetByteCount(tenant);
        var bytes = new byte[sizeof(int) + length + Encoding.UTF8.GetByteCount(id)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        Encoding.UTF8.GetBytes(tenant, bytes.AsSpan(sizeof(int)));
        Encoding.UTF8.GetBytes(id, bytes.AsSpan(sizeof(int) + length));
        return SHA256.HashData(bytes);
    }

    public static byte[]? CreateOptional(string tenant, string? id) => id is null ? null : Create(tenant, id);

    public static byte[] CreateForTenant(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes(tenant));
}

/// <summary>A row key that is compared by its bytes.</summary>
internal readonly struct RowHash(byte[] bytes) : IEquatable<RowHash>
{
    public byte[] Bytes { get; } = bytes;

    public bool Equals(RowHash other) => Bytes.AsSpan().SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is RowHash other && Equals(other);

    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(Bytes);
}
