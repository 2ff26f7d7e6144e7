using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Postgres;

/// <summary>Ids of any length as 32 bytes: the SHA-256 hash of tenant and id, the tenant's length first so that the two do not run together.</summary>
internal static class RowKey
{
    public static byte[] Of(string tenant, string id)
    {
        var length = Encoding.UTF8.GetByteCount(tenant);
        var bytes = new byte[sizeof(int) + length + Encoding.UTF8.GetByteCount(id)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        Encoding.UTF8.GetBytes(tenant, bytes.AsSpan(sizeof(int)));
        Encoding.UTF8.GetBytes(id, bytes.AsSpan(sizeof(int) + length));
        return SHA256.HashData(bytes);
    }

    public static byte[]? OfOptional(string tenant, string? id) => id is null ? null : Of(tenant, id);

    public static byte[] OfTenant(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes(tenant));
}
