using System.Buffers;
using System.Security.Cryptography;
using System.Text.Unicode;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// Computes SHA-256 hashes of what is written, one after the other. Short data is gathered and hashed in one step; of longer data at most
/// a buffer is held, and all of it is hashed once, also when its hash is asked for before its end.
/// </summary>
internal sealed class Sha256Writer : IDisposable
{
    // More than most messages have.
    private const int BufferSize = 16 * 1024;

    private readonly byte[] _buffer = PooledBuffer<byte>.Rent(BufferSize);
    private int _count;

    // Created for the first data that is longer than the buffer, or continues after its hash: few messages are.
    private IncrementalHash? _digest;

    // Whether the digest holds bytes that were written before those in the buffer.
    private bool _isLong;

    // The hash of all that was written; null when it is not known.
    private byte[]? _hash;

    /// <summary>Whether nothing was written.</summary>
    public bool IsEmpty => _count == 0 && !_isLong;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Continue();
        if (bytes.Length > _buffer.Length - _count)
        {
            Flush();
        }

        if (bytes.Length > _buffer.Length)
        {
            _digest!.AppendData(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>Writes a text as UTF-8. Surrogates without their pair are replaced with U+FFFD.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        Continue();
        int written;
        while (Utf8.FromUtf16(text, _buffer.AsSpan(_count), out var read, out written) == OperationStatus.DestinationTooSmall)
        {
            _count += written;
            text = text[read..];
            Flush();
        }

        _count += written;
    }

    /// <summary>The hash of what was written since the last <see cref="Clear"/>. More may be written afterwards.</summary>
    public byte[] ToHash()
    {
        if (_hash is null && _isLong)
        {
            Flush();
            _hash = _digest!.GetCurrentHash();
        }

        // What is in the buffer stays there; it is seldom continued.
        return _hash ??= SHA256.HashData(_buffer.AsSpan(0, _count));
    }

    /// <summary>Begins the next hash.</summary>
    public void Clear()
    {
        if (_isLong)
        {
            _digest!.GetHashAndReset();
        }

        (_count, _isLong, _hash) = (0, false, null);
    }

    public void Dispose()
    {
        PooledBuffer<byte>.Return(_buffer);
        _digest?.Dispose();
    }

    private void Continue()
    {
        if (_hash is not null)
        {
            _hash = null;
            Flush();
        }
    }

    private void Flush()
    {
        _digest ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _digest.AppendData(_buffer, 0, _count);
        (_count, _isLong) = (0, true);
    }
}
