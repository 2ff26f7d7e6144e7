using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Emulator.State;

/// <summary>Encrypts bytes with AES-GCM and decrypts them. A blob is unpadded base64 of the standard alphabet (docs/wire.md#reasoning).</summary>
/// <param name="key">The key, 32 bytes.</param>
/// <param name="purpose">The kind of data. A blob of another purpose cannot be decrypted.</param>
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

    /// <summary>Decrypts a blob; null when it was not encrypted with this key for this purpose, or was altered.</summary>
    public byte[]? Decrypt(string blob)
    {
        // Only the exact text that Encrypt returned is valid: no padding, no white space, no other unused bits.
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
