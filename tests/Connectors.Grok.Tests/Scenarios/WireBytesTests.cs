using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>The bytes that stored state saves, and that a stream is neither delayed nor read ahead.</summary>
public class WireBytesTests : EmulatorTest
{
    [Fact]
    public async Task Chain_of_100_turns_sends_at_most_a_25th_of_the_full_history_bytes()
    {
        const int Turns = 100;
        var client = Client();
        string? id = null;
        var history = new List<ChatMessage>();
        for (var turn = 0; turn < Turns; turn++)
        {
            var message = new ChatMessage(ChatRole.User, $"This is turn number {turn:000} of a conversation between two people who have all the time in the world.");
            id = (await client.GetResponseAsync(message, new ChatOptions { ConversationId = id })).ConversationId;
            history.Add(message);
            history.AddRange((await client.GetResponseAsync(history)).Messages);
        }

        var bytes = Emulator.Requests.Select(static r => (long)r.Bytes).ToList();
        var (chained, whole) = (bytes.Where(static (_, i) => i % 2 == 0).ToList(), bytes.Where(static (_, i) => i % 2 == 1).Sum());
        Assert.Equal(2 * Turns, bytes.Count);
        Assert.True(chained[99] <= 1.1 * chained[1], $"{chained[1]} bytes at turn 2, {chained[99]} at turn 100");
        Assert.True(whole >= 25 * chained.Sum(), $"{chained.Sum()} bytes in a chain, {whole} without");
    }

    [Fact]
    public async Task Stream_returns_each_update_before_the_next_event_is_sent()
    {
        var body = new GatedStream(Some.TextDelta("one"), Some.TextDelta("two"), Some.Completed(Some.Message("onetwo")));
        using var client = Some.Client(new StubHandler().Stream(() => body));
        await using var updates = client.GetStreamingResponseAsync("q").GetAsyncEnumerator();

        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(("one", 1), (updates.Current.Text, body.Sent));
        var next = updates.MoveNextAsync();
        Assert.False(next.IsCompleted);
        body.SendNext();
        Assert.True(await next);
        Assert.Equal(("two", 2), (updates.Current.Text, body.Sent));
    }

    /// <summary>Sends the first event immediately, and each other event on <see cref="SendNext"/>.</summary>
    private sealed class GatedStream(params string[] events) : Stream
    {
        private readonly SemaphoreSlim _gate = new(1);

        public int Sent { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void SendNext() => _gate.Release();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _gate.WaitAsync(cancellationToken);
            return System.Text.Encoding.UTF8.GetBytes(StubHandler.Frames(events[Sent++]), buffer.Span);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
