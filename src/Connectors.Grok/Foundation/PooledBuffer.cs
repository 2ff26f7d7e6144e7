using System.Buffers;

namespace Connectors.Grok.Foundation;

/// <summary>A growing buffer from the shared pool. Memory and spans of it are valid until the next change. Not safe for concurrent use.</summary>
/// <param name="firstSize">The size of the first rented array.</param>
internal sealed class PooledBuffer<T>(int firstSize) : IBufferWriter<T>, IDisposable
{
    /// <summary>The size of the largest pooled array. The shared pool keeps what is returned to it, per thread and size: after a few messages with images, hundreds of megabytes.</summary>
    public const int LargestPooled = 1 << 20;

    private T[] _items = Rent(firstSize);

    public int Count { get; private set; }

    public ReadOnlyMemory<T> Memory => _items.AsMemory(0, Count);

    public ReadOnlySpan<T> Span => _items.AsSpan(0, Count);

    public static T[] Rent(int size) => size > LargestPooled ? GC.AllocateUninitializedArray<T>(size) : ArrayPool<T>.Shared.Rent(size);

    public static void Return(T[] items)
    {
        if (items.Length is > 0 and <= LargestPooled)
        {
            ArrayPool<T>.Shared.Return(items);
        }
    }

    public void Advance(int count) => Count += count;

    public Memory<T> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _items.AsMemory(Count);
    }

    public Span<T> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _items.AsSpan(Count);
    }

    public void Clear() => Count = 0;

    /// <summary>Returns the array to the pool. Idempotent.</summary>
    public void Dispose()
    {
        Return(_items);
        (_items, Count) = ([], 0);
    }

    private void MakeRoom(int size)
    {
        if (_items.Length - Count < Math.Max(size, 1))
        {
            Grow(size);
        }
    }

    // A method of its own, so that the check for free space is inlined.
    private void Grow(int size)
    {
        var larger = Rent(Math.Max(_items.Length * 2, Count + size));
        Span.CopyTo(larger);
        Return(_items);
        _items = larger;
    }
}
