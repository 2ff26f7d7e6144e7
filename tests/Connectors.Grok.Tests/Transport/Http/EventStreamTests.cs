using System.Text;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class EventStreamTests
{
    private static readonly string Last = $"data: {Some.Completed(Some.Message("hi"))}\n\n";

    [Fact]
    public async Task Stream_without_a_terminal_event_is_StreamBroken() =>
        Assert.Equal("The stream stopped before the end of the answer.", (await BrokenAsync(new GatedStream([]))).Message);

    [Fact]
    public async Task Broken_connection_is_StreamBroken_with_the_request_id()
    {
        var cause = new IOException("reset");
        var e = await BrokenAsync(new GatedStream([], end: cause));
        Assert.Equal(("The connection broke in the middle of the answer.", cause, "req-1"), (e.Message, e.InnerException, e.RequestId));
    }

    [Fact]
    public async Task Undecodable_bytes_are_StreamBroken_with_the_cause()
    {
        var cause = new InvalidDataException("No gzip.");
        var e = await BrokenAsync(new GatedStream([], end: cause));
        Assert.Equal(("The answer cannot be read: No gzip.", cause), (e.Message, e.InnerException));
    }

    [Fact]
    public async Task Event_with_malformed_JSON_is_StreamBroken() =>
        Assert.Equal("The stream contains an event that is not valid JSON, or is nested more than 64 levels deep.", (await BrokenAsync(new GatedStream("data: {\n\n"u8.ToArray()))).Message);

    [Theory]
    [InlineData("data: [DONE]\n\n")]
    [InlineData("data: \n\n")]
    [InlineData("data:  \ndata:\n\n")]
    public async Task Empty_and_DONE_events_are_ignored(string nothing)
    {
        var events = await ReadAsync(new GatedStream(Encoding.UTF8.GetBytes(nothing + Last)));
        Assert.IsType<LifecycleEvent>(Assert.Single(events).Event);
    }

    [Theory]
    [InlineData("response.completed")]
    [InlineData("response.incomplete")]
    [InlineData("response.done")]
    public async Task Terminal_event_with_a_failed_response_throws(string type)
    {
        var frame = $$$"""data: {"type":"{{{type}}}","response":{"id":"a","status":"failed","error":{"code":"server_error","message":"It broke."} } }""" + "\n\n";
        var e = await Assert.ThrowsAsync<GrokException>(() => ReadAsync(new GatedStream(Encoding.UTF8.GetBytes(frame))));
        Assert.Equal((GrokErrorKind.Server, "It broke. (server_error) [request req-1]"), (e.Kind, e.Message));
    }

    [Fact]
    public async Task Events_after_a_sequence_gap_are_marked()
    {
        var text = string.Concat(((int[])[0, 1, 5, 6, 9, 10]).Select(static n => $$"""data: {"type":"a","sequence_number":{{n}}}""" + "\n\n"));
        var events = await ReadAsync(new GatedStream(Encoding.UTF8.GetBytes(text + Last)));
        Assert.Equal([false, false, true, true, true, true, true], events.Select(static e => e.IsAfterGap));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Events_together_may_exceed_the_size_limit_of_one_event()
    {
        var blank = Encoding.UTF8.GetBytes("data:" + new string(' ', 1024 * 1024) + "\n\n");
        var body = new Repeated(blank, 70, Encoding.UTF8.GetBytes(Last));
        Assert.Single(await ReadAsync(body));
    }

    [Fact]
    public async Task Cancelled_caller_gets_no_event_when_bytes_are_available()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(new GatedStream(Encoding.UTF8.GetBytes(Last)), cancel.Token));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    private static async Task<GrokException> BrokenAsync(Stream body)
    {
        var e = await Assert.ThrowsAsync<GrokException>(() => ReadAsync(body));
        Assert.Equal(GrokErrorKind.StreamBroken, e.Kind);
        return e;
    }

    private static async Task<List<StreamedEvent>> ReadAsync(Stream body, CancellationToken cancellationToken = default)
    {
        var settings = Some.Settings();
        using var deadline = new Deadline(settings, null, cancellationToken);
        using var events = new EventStream(new BoundedStream(body), new ResponseHeaders("req-1", false), deadline, settings, null);
        var all = new List<StreamedEvent>();
        while (await events.NextAsync())
        {
            all.Add(events.Current);
        }

        return all;
    }

    /// <summary>A stream that repeats bytes a number of times, and then returns the last ones.</summary>
    private sealed class Repeated(byte[] bytes, int times, byte[] last) : MemoryStream
    {
        private byte[] _now = bytes;
        private int _position;
        private int _left = times;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_position == _now.Length && _left > 0)
            {
                (_now, _position) = (--_left > 0 ? _now : last, 0);
            }

            var count = Math.Min(buffer.Length, _now.Length - _position);
            _now.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return new(count);
        }
    }
}
