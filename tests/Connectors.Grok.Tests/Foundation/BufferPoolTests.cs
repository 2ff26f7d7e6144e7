using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Moq;

namespace Connectors.Grok.Tests.Foundation;

/// <summary>Rented buffers are returned to the pool, and no more are rented than needed. The pool rents to a thread the buffer that the thread returned last.</summary>
public class BufferPoolTests
{
    [Fact]
    public void Request_body_returns_its_buffer_when_disposed()
    {
        var body = RequestBody.Create(static writer => writer.WriteNumberValue(1), null);
        var array = ArrayOf(body.Bytes);
        body.Dispose();
        Assert.Same(array, RentedAgain(array.Length));
    }

    [Fact]
    public void Request_body_that_fails_to_write_returns_its_buffer_and_throws_the_error()
    {
        var array = RentedAgain(16 * 1024);
        Assert.Equal("odd", Assert.Throws<InvalidOperationException>(static () => RequestBody.Create(static _ => throw new InvalidOperationException("odd"), null)).Message);
        Assert.Same(array, RentedAgain(16 * 1024));
    }

    [Fact]
    public void Request_body_disposed_while_sending_keeps_its_buffer_until_it_is_sent()
    {
        var body = RequestBody.Create(static writer => writer.WriteNumberValue(1), null);
        var array = ArrayOf(body.Bytes);
        var connection = new TaskCompletionSource();
        var stream = new Mock<Stream>();
        stream.Setup(static s => s.WriteAsync(It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>())).Returns(new ValueTask(connection.Task));
        using var content = body.NewContent();
        var sending = content.CopyToAsync(stream.Object);
        body.Dispose();
        Assert.NotSame(array, RentedAgain(array.Length));
        connection.SetResult();
        Assert.True(sending.IsCompletedSuccessfully);
        Assert.Same(array, RentedAgain(array.Length));
    }

    [Fact]
    public async Task Disposed_request_body_cannot_be_sent()
    {
        var body = RequestBody.Create(static writer => writer.WriteStringValue("abc"), null);
        using var content = body.NewContent();
        Assert.Equal(5, content.Headers.ContentLength);
        body.Dispose();
        var e = await Assert.ThrowsAsync<HttpRequestException>(() => content.CopyToAsync(new MemoryStream()));
        Assert.IsType<ObjectDisposedException>(e.GetBaseException());
    }

    [Fact]
    public void Truncated_response_body_returns_its_buffer()
    {
        var stream = new GatedStream("{"u8.ToArray(), end: new IOException("cut"));
        using var content = new GatedContent(stream);
        var reading = PooledBody.ReadAsync(content, default);
        Assert.Equal("cut", Assert.Throws<IOException>(() => reading.GetAwaiter().GetResult().Dispose()).Message);
        var array = ArrayOf(stream.Buffers[0]);
        Assert.Same(array, RentedAgain(array.Length));
    }

    [Fact]
    public async Task Response_body_with_a_content_length_is_read_into_one_buffer()
    {
        const int Length = 64 * 1024;
        var stream = new GatedStream(new byte[Length]);
        using var content = new GatedContent(stream) { Headers = { ContentLength = Length } };
        using var body = await PooledBody.ReadAsync(content, default);
        Assert.Equal(Length, body.Bytes.Length);
        Assert.Single(stream.Buffers.Select(static p => ArrayOf(p)).Distinct());
    }

    [Fact]
    public void Event_frames_return_their_buffer_when_it_grows_and_when_disposed()
    {
        var stream = new GatedStream(Encoding.UTF8.GetBytes("data: " + new string('x', 9000)));
        var frames = new EventFrames(stream);
        Fill(frames);
        Fill(frames);
        var (small, large) = (ArrayOf(stream.Buffers[0]), ArrayOf(stream.Buffers[1]));
        Assert.True(small.Length < large.Length);
        Assert.Same(small, RentedAgain(small.Length));
        frames.Dispose();
        Assert.Same(large, RentedAgain(large.Length));
    }

    [Fact]
    public void EventFrames_reuses_its_buffer_when_earlier_events_are_consumed()
    {
        var stream = new GatedStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("data: " + new string('x', 6000) + "\n\n", 5))));
        using var frames = new EventFrames(stream);
        var count = 0;
        while (Fill(frames))
        {
            for (; frames.TryNext(); count++)
            {
                Assert.Equal(6000, frames.Data.Length);
            }
        }

        Assert.Equal(5, count);
        Assert.Single(stream.Buffers.Select(static p => ArrayOf(p)).Distinct());
    }

    private static bool Fill(EventFrames frames) => frames.FillAsync(default).AsTask().GetAwaiter().GetResult();

    private static byte[] RentedAgain(int length)
    {
        var array = ArrayPool<byte>.Shared.Rent(length);
        ArrayPool<byte>.Shared.Return(array);
        return array;
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> memory) => MemoryMarshal.TryGetArray(memory, out var segment) ? segment.Array! : [];
}
