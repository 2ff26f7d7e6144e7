using System.Buffers;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Reads the data of the events of a <c>text/event-stream</c>, in one buffer that is reused. Events repeat their type in
/// their JSON, so only <c>data</c> lines are read; the platform's parser makes a string of every <c>event</c> line, which is one per token.
/// </summary>
internal sealed class EventFrames(Stream body) : IDisposable
{
    private const int FirstSize = 8 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _end;
    private int _line;
    private int _searched;
    private int _data;
    private int _dataEnd;
    private bool _hasData;
    private bool _isAfterReturn;
    private bool _isFirstLine = true;

    /// <summary>The data of the event that <see cref="TryNext"/> found, lines joined with line feeds. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(_data, _dataEnd - _data);

    /// <summary>Moves to the next event if it is buffered completely.</summary>
    public bool TryNext()
    {
        while (true)
        {
            if (_isAfterReturn && _line < _end)
            {
                // A line ends with a carriage return, a line feed, or both.
                _isAfterReturn = false;
                _line = _searched = _buffer[_line] == '\n' ? _line + 1 : _line;
            }

            var length = _buffer.AsSpan(_searched, _end - _searched).IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                _searched = _end;
                return false;
            }

            var (start, stop) = (_line, _searched + length);
            if (_isFirstLine)
            {
                _isFirstLine = false;
                start = _buffer.AsSpan(0, stop).StartsWith("\uFEFF"u8) ? 3 : 0;
            }

            _isAfterReturn = _buffer[stop] == '\r';
            _line = _searched = stop + 1;
            if (start < stop)
            {
                Add(_buffer.AsSpan(start, stop - start), stop);
            }
            else if (_hasData)
            {
                _hasData = false;
                return true;
            }
        }
    }

    /// <summary>Reads more bytes; false at the end of the stream. An unfinished event in the buffer is dropped then.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var count = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Appends a line to the data of the event, if it is a data line.</summary>
    private void Add(ReadOnlySpan<byte> line, int stop)
    {
        if (!line.StartsWith("data"u8) || (line.Length > 4 && line[4] != ':'))
        {
            return;
        }

        var value = line.StartsWith("data: "u8) ? line[6..] : line.StartsWith("data:"u8) ? line[5..] : [];
        if (_hasData)
        {
            // The source lies after the target; CopyTo handles an overlap.
            _buffer[_dataEnd++] = (byte)'\n';
            value.CopyTo(_buffer.AsSpan(_dataEnd));
            _dataEnd += value.Length;
        }
        else
        {
            (_hasData, _data, _dataEnd) = (true, stop - value.Length, stop);
        }
    }

    /// <summary>Moves the unread bytes to the front, and rents a larger buffer when it is full.</summary>
    private void MakeRoom()
    {
        var front = _hasData ? _data : _line;
        var (old, kept) = (_buffer, _end - front);
        if (kept == _buffer.Length)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        }

        old.AsSpan(front, kept).CopyTo(_buffer);
        if (old != _buffer)
        {
            ArrayPool<byte>.Shared.Return(old);
        }

        (_end, _line, _searched, _data, _dataEnd) = (kept, _line - front, _searched - front, _data - front, _dataEnd - front);
    }
}
