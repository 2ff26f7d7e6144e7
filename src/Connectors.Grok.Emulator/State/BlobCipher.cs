using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Emulator.State;

/// <summary>Seals bytes with AES-GCM and opens them again; a blob is unpadded base64 of the standard alphabet (section 3.3).</summary>
/// <param name="key">The key.</param>
/// <param name="purpose">What is sealed; a blobBytes of another purpose does not open.</param>
internal sealed class BlobCipher(byte[] key, string purpose) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Lock _lock = new();
    private readonly AesGcm _aes = new(key, TagSize);
    private readonly byte[] _purpose = Encoding.UTF8.GetBytes(purpose);

    public string Encrypt(byte[] plain)
    {
        var blobBytes = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(blobBytes.AsSpan(0, NonceSize));
        lock (_lock)
        {
            _aes.Encrypt(blobBytes.AsSpan(0, NonceSize), plain, blobBytes.AsSpan(NonceSize, plain.Length), blobBytes.AsSpan(NonceSize + plain.Length), _purpose);
        }

        return Convert.ToBase64String(blobBytes).TrimEnd('=');
    }

    /// <summary>Null for anything this key did not seal for this purpose, or that was altered by a single bit.</summary>
    public byte[]? Decrypt(string blob)
    {
        // Exactly the form it was given out in: no padding, no white space, no stray low bits.
        var blobBytes = new byte[((blob.Length / 4) + 1) * 3];
        if (!Convert.TryFromBase64String(blob.PadRight((blob.Length + 3) / 4 * 4, '='), blobBytes, out var length) || length <= NonceSize + TagSize)
        {
            return null;
        }

        if (Convert.ToBase64String(blobBytes.AsSpan(0, length)).TrimEnd('=') != blob)
        {
            return null;
        }

        var plain = new byte[length - NonceSize - TagSize];
        try
        {
            lock (_lock)
            {
                _aes.Decrypt(blobBytes.AsSpan(0, NonceSize), blobBytes.AsSpan(NonceSize, plain.Length), blobBytes.AsSpan(length - TagSize, TagSize), plain, _purpose);
            }
        }
        catch (CryptographicException)
        {
            return null;
        }

        return plain;
    }

    public void Dispose() => _aes.Dispose();
}
