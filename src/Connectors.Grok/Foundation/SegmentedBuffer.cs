using System.Buffers;

namespace Connectors.Grok.Foundation;

/// <summary>
/// A growing buffer of arrays from the shared pool. Unlike <see cref="PooledBuffer{T}"/> it copies nothing when it grows, and needs no large arrays, which the pool
/// would keep. The sequence is valid until the next change. Not safe for concurrent changes.
/// </summary>
internal sealed class SegmentedBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 16 * 1024;

    private readonly List<(byte[] Array, int Count)> _full = [];
    private byte[] _last = PooledBuffer<byte>.Rent(FirstSize);
    private int _lastCount;

    public long Count { get; private set; }

    public ReadOnlySequence<byte> Sequence
    {
        get
        {
            if (_full.Count == 0)
            {
                return new(_last, 0, _lastCount);
            }

            var first = new Segment(_full[0].Array.AsMemory(0, _full[0].Count));
            var end = first;
            foreach (var (array, count) in _full.Skip(1).Append((_last, _lastCount)))
            {
                end = end.Append(array.AsMemory(0, count));
            }

            return new(first, 0, end, _lastCount);
        }
    }

    public void Advance(int count)
    {
        _lastCount += count;
        Count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last.Length - _lastCount < Math.Max(sizeHint, 1))
        {
            Grow(sizeHint);
        }

        return _last.AsMemory(_lastCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Returns the arrays to the pool. Idempotent.</summary>
    public void Dispose()
    {
        foreach (var (array, _) in _full)
        {
            PooledBuffer<byte>.Return(array);
        }

        PooledBuffer<byte>.Return(_last);
        _full.Clear();
        (_last, _lastCount, Count) = ([], 0, 0);
    }

    private void Grow(int size)
    {
        var next = PooledBuffer<byte>.Rent(Math.Max(size, Math.Min(_last.Length * 2, PooledBuffer<byte>.LargestPooled)));
        if (_lastCount > 0)
        {
            _full.Add((_last, _lastCount));
        }
        else
        {
            PooledBuffer<byte>.Return(_last);
        }

        (_last, _lastCount) = (next, 0);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
