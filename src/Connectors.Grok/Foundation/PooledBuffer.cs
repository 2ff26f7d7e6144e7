using System.Buffers;

namespace Connectors.Grok.Foundation;

/// <summary>Memory that grows, from the shared pool. What is handed out of it is good until the next change; not safe for concurrent use.</summary>
/// <param name="firstSize">How much is rented at first.</param>
internal sealed class PooledBuffer<T>(int firstSize) : IBufferWriter<T>, IDisposable
{
    private T[] _items = ArrayPool<T>.Shared.Rent(firstSize);

    public int Count { get; private set; }

    public ReadOnlyMemory<T> Memory => _items.AsMemory(0, Count);

    public ReadOnlySpan<T> Span => _items.AsSpan(0, Count);

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

    /// <summary>Gives the memory back; again and again without harm.</summary>
    public void Dispose()
    {
        if (_items.Length > 0)
        {
            ArrayPool<T>.Shared.Return(_items);
        }

        (_items, Count) = ([], 0);
    }

    private void MakeRoom(int size)
    {
        if (_items.Length - Count < Math.Max(size, 1))
        {
            Grow(size);
        }
    }

    // Apart, so that asking for room that is there costs no call.
    private void Grow(int size)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(_items.Length * 2, Count + size));
        Span.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
