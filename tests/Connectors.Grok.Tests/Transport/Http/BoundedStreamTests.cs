using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class BoundedStreamTests
{
    private const int MiB = 1024 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(MiB);

    [Fact]
    public async Task Bounded_stream_throws_one_byte_past_the_limit_of_a_piece()
    {
        using var stream = new BoundedStream(new Endless());
        for (var read = 0; read < BoundedStream.Most; read += MiB)
        {
            Assert.Equal(MiB, await stream.ReadAsync(_buffer));
        }

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => ReadByteAsync(stream));
        Assert.Equal("The response body, or one event of a stream, is larger than 64 MiB.", e.Message);
    }

    [Fact]
    public async Task Bounded_stream_throws_one_byte_past_the_total_limit()
    {
        using var stream = new BoundedStream(new Endless(), 3 * MiB);
        for (var piece = 0; piece < 3; piece++)
        {
            Assert.Equal(MiB, await stream.ReadAsync(_buffer));
            stream.Restart();
        }

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => ReadByteAsync(stream));
        Assert.Equal("The stream is longer than 3 MiB.", e.Message);
    }

    [Fact]
    public void Bounded_stream_is_readable_only()
    {
        using var stream = new BoundedStream(new Endless());
        Assert.Equal((true, false, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
    }

    private Task<int> ReadByteAsync(BoundedStream stream) => stream.ReadAsync(_buffer.AsMemory(0, 1)).AsTask();

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);
    }
}
