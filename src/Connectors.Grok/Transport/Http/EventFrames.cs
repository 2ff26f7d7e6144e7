using System.Buffers;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Reads the data of the events of a <c>text/event-stream</c>, in one buffer that is reused. Events repeat their type in
/// their JSON, so only <c>data</c> lines are read; the platform's parser makes a string of every <c>event</c> line, which is one per token.
/// </summary>
internal sealed class EventFrames(Stream body) : IDisposable
{
    private const int FirstSize = 8 * 1024;

    /// <summary>How much text outside of events is kept once there was an event, in bytes.</summary>
    private const int MostStray = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _end;
    private int _line;
    private int _searched;
    private int _data;
    private int _dataEnd;
    private bool _hasData;
    private bool _isAfterReturn;
    private bool _isFirstLine = true;
    private bool _hasEvents;
    private ArrayBufferWriter<byte>? _stray;

    /// <summary>The data of the event that <see cref="TryNext"/> found, lines joined with line feeds. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(_data, _dataEnd - _data);

    /// <summary>The lines that are no lines of an event stream: a service or a gateway may send an error or a whole answer instead of events.</summary>
    public ReadOnlySpan<byte> Stray => _stray is null ? [] : _stray.WrittenSpan;

    /// <summary>Whether there was an event.</summary>
    public bool HasEvents => _hasEvents;

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

            var stop = _searched + length;
            var start = StartOfLine(stop);
            _isAfterReturn = _buffer[stop] == '\r';
            _line = _searched = stop + 1;
            if (start < stop)
            {
                Add(_buffer.AsSpan(start, stop - start), stop);
            }
            else if (_hasData)
            {
                (_hasData, _hasEvents) = (false, true);
                return true;
            }
        }
    }

    /// <summary>Moves to the event that is left at the end of the stream without its blank line; it may be cut off.</summary>
    public bool TryRest()
    {
        var start = StartOfLine(_end);
        _line = _searched = _end;
        if (start < _end)
        {
            Add(_buffer.AsSpan(start, _end - start), _end);
        }

        var hasData = _hasData;
        _hasData = false;
        return hasData;
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

    /// <summary>The start of the current line, without a byte order mark.</summary>
    private int StartOfLine(int stop)
    {
        if (!_isFirstLine)
        {
            return _line;
        }

        _isFirstLine = false;
        return _buffer.AsSpan(0, stop).StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>Appends a line to the data of the event, if it is a data line.</summary>
    private void Add(ReadOnlySpan<byte> line, int stop)
    {
        if (!IsField(line, "data"u8))
        {
            AddStray(line);
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

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) => line.StartsWith(name) && (line.Length == name.Length || line[name.Length] == ':');

    private void AddStray(ReadOnlySpan<byte> line)
    {
        // Once such text has begun, a line of it may look like a field.
        var isOther = line[0] != ':' && !IsField(line, "event"u8) && !IsField(line, "id"u8) && !IsField(line, "retry"u8);
        if ((isOther || _stray is not null) && (!_hasEvents || (_stray?.WrittenCount ?? 0) + line.Length < MostStray))
        {
            _stray ??= new ArrayBufferWriter<byte>();
            if (_stray.WrittenCount > 0)
            {
                _stray.Write("\n"u8);
            }

            _stray.Write(line);
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
