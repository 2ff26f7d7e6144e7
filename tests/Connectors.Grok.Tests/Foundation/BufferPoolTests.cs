using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Foundation;
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
        var array = ArrayOf(body.Bytes.First);
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
        var array = ArrayOf(body.Bytes.First);
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
    public async Task Request_body_of_several_buffers_is_sent_complete_and_returns_them()
    {
        string[] texts = [new('a', 50_000), new('b', 50_000), new('c', 100_000)];
        var body = RequestBody.Create(writer => WriteArray(writer, texts), null);
        var arrays = new List<byte[]>();
        foreach (var part in body.Bytes)
        {
            arrays.Add(ArrayOf(part));
        }

        Assert.InRange(arrays.Count, 2, 10);
        var sent = new MemoryStream();
        using var content = body.NewContent();
        await content.CopyToAsync(sent);
        Assert.Equal(content.Headers.ContentLength, sent.Length);
        Assert.Equal($"[\"{string.Join("\",\"", texts)}\"]", Encoding.UTF8.GetString(sent.ToArray()));
        body.Dispose();
        Assert.Same(arrays[^1], RentedAgain(arrays[^1].Length));
        Assert.True(body.Bytes.IsEmpty);
    }

    [Fact]
    public void Segmented_buffer_never_returns_an_array_to_the_pool_that_is_larger_than_it_keeps()
    {
        using var buffer = new SegmentedBuffer();
        var large = ArrayOf(buffer.GetMemory(2 << 20));
        buffer.Advance(1);
        Assert.Equal(1, buffer.Sequence.Length);
        buffer.Dispose();
        buffer.Dispose();
        Assert.NotSame(large, RentedAgain(large.Length));
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

    private static void WriteArray(Utf8JsonWriter writer, string[] texts)
    {
        writer.WriteStartArray();
        Array.ForEach(texts, writer.WriteStringValue);
        writer.WriteEndArray();
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
