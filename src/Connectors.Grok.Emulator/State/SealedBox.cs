using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Emulator.State;

/// <summary>Seals bytes with AES-GCM and opens them again; a blob is unpadded base64 of the standard alphabet (section 3.3).</summary>
/// <param name="key">The key.</param>
/// <param name="purpose">What is sealed; a box of another purpose does not open.</param>
internal sealed class SealedBox(byte[] key, string purpose) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Lock _lock = new();
    private readonly AesGcm _cipher = new(key, TagSize);
    private readonly byte[] _purpose = Encoding.UTF8.GetBytes(purpose);

    public string Close(byte[] plain)
    {
        var box = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        lock (_lock)
        {
            _cipher.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize, plain.Length), box.AsSpan(NonceSize + plain.Length), _purpose);
        }

        return Convert.ToBase64String(box).TrimEnd('=');
    }

    /// <summary>Null for anything this key did not seal for this purpose, or that was altered by a single bit.</summary>
    public byte[]? Open(string blob)
    {
        // Exactly the form it was given out in: no padding, no white space, no stray low bits.
        var box = new byte[((blob.Length / 4) + 1) * 3];
        if (!Convert.TryFromBase64String(blob.PadRight((blob.Length + 3) / 4 * 4, '='), box, out var length) || length <= NonceSize + TagSize)
        {
            return null;
        }

        if (Convert.ToBase64String(box.AsSpan(0, length)).TrimEnd('=') != blob)
        {
            return null;
        }

        var plain = new byte[length - NonceSize - TagSize];
        try
        {
            lock (_lock)
            {
                _cipher.Decrypt(box.AsSpan(0, NonceSize), box.AsSpan(NonceSize, plain.Length), box.AsSpan(length - TagSize, TagSize), plain, _purpose);
            }
        }
        catch (CryptographicException)
        {
            return null;
        }

        return plain;
    }

    public void Dispose() => _cipher.Dispose();
}
