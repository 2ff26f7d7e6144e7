namespace Connectors.Grok.Emulator.Tests.Support;

/// <summary>A body of spaces that counts what is read of it.</summary>
internal sealed class CountedBody(long length, bool hasLength) : IDisposable
{
    private readonly Spaces _spaces = new(length, hasLength);

    public Stream Stream => _spaces;

    public long Read => _spaces.Position;

    public void Dispose() => _spaces.Dispose();

    private sealed class Spaces(long length, bool hasLength) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => hasLength;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => _position = value;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _position);
            buffer.AsSpan(offset, read).Fill((byte)' ');
            _position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => _position = offset;

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
