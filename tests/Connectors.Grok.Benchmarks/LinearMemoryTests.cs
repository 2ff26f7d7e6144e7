using System.Text;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>Ten times the work allocates about ten times the memory. Allocations are counted, so that the tests do not depend on the speed of the machine.</summary>
public class LinearMemoryTests
{
    [Fact]
    public async Task Stream_memory_is_linear_in_its_events()
    {
        var few = await StreamAsync(10_000);
        var many = await StreamAsync(100_000);
        Assert.InRange((double)many / few, 5, 12);
    }

    /// <summary>Adjacent texts are merged.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_memory_is_linear_in_its_texts(bool isStreamed)
    {
        var few = await TextsAsync(2_000, isStreamed);
        var many = await TextsAsync(20_000, isStreamed);
        Assert.InRange((double)many / few, 5, 12);
    }

    [Fact]
    public async Task Request_memory_is_linear_in_its_messages()
    {
        var few = await RequestAsync(10_000);
        var many = await RequestAsync(100_000);
        Assert.InRange((double)many / few, 5, 12);
    }

    [Fact]
    public async Task Request_body_is_written_once_and_never_as_a_string()
    {
        var transport = MemoryTransport.Json(Payloads.Word());
        var grok = transport.NewGrok();
        var message = new ChatMessage(ChatRole.User, new string('x', 500_000));
        await grok.GetResponseAsync(message);
        var bytes = await AllocatedAsync(() => grok.GetResponseAsync(message));

        // A string of the body would take another 1 MB.
        Assert.InRange(transport.Sent, 500_000, 501_000);
        Assert.InRange(bytes, 0, 750_000);
    }

    [Fact]
    public async Task Images_are_sent_without_a_text_of_them()
    {
        var transport = MemoryTransport.Json(Payloads.Word());
        var grok = transport.NewGrok();
        var message = new ChatMessage(ChatRole.User, [new DataContent((byte[])[.. LongHistory.PngStart, .. Payloads.Noise(400_000)], "image/png")]);
        await grok.GetResponseAsync(message);
        var bytes = await AllocatedAsync(() => grok.GetResponseAsync(message));

        // The data URI has 530 kB, and would take twice that as a string.
        Assert.InRange(transport.Sent, 530_000, 540_000);
        Assert.InRange(bytes, 0, 200_000);
    }

    /// <summary>A list, a point and a hash: hashing the history a second time would take another hash for each message.</summary>
    [Fact]
    public async Task Recognition_hashes_each_message_of_a_history_once()
    {
        var few = await RecognizedAsync(1_000);
        var many = await RecognizedAsync(10_000);
        Assert.InRange((double)many / few, 5, 12);
        Assert.InRange(many, 10_000 * 50, 10_000 * 120);
    }

    [Fact]
    public async Task Rebuild_memory_is_linear_in_its_turns()
    {
        var few = await RebuiltAsync(200);
        var many = await RebuiltAsync(2_000);
        Assert.InRange((double)many / few, 5, 12);
    }

    private static async Task<long> RecognizedAsync(int messages)
    {
        var group = new KnownHistory { Messages = messages };
        await group.Grok();
        return await AllocatedAsync(group.Grok);
    }

    private static async Task<long> RebuiltAsync(int turns)
    {
        var group = new RebuiltConversation { Turns = turns };
        await group.Grok();
        return await AllocatedAsync(group.Grok);
    }

    private static async Task<long> StreamAsync(int deltas)
    {
        var grok = MemoryTransport.Events(Payloads.Stream(deltas, 0)).NewGrok();
        var count = 0;
        var bytes = await AllocatedAsync(async () =>
        {
            await foreach (var update in grok.GetStreamingResponseAsync("q"))
            {
                count += update.Contents.OfType<TextContent>().Count();
            }
        });
        Assert.Equal(deltas, count);
        return bytes;
    }

    private static async Task<long> TextsAsync(int texts, bool isStreamed)
    {
        var answer = $$"""{"id":"{{Payloads.Id}}","status":"completed","output":[{"type":"message","content":[{{string.Join(',', Enumerable.Repeat("""{"type":"output_text","text":"So."}""", texts))}}]}]}""";
        var transport = isStreamed
            ? MemoryTransport.Events(Encoding.UTF8.GetBytes($$"""data: {"type":"response.completed","response":{{answer}}}""" + "\n\n"))
            : MemoryTransport.Json(Encoding.UTF8.GetBytes(answer));
        var size = 0;
        var bytes = await AllocatedAsync(async () =>
        {
            var conversations = transport.NewGrok().AsConversationClient(new InMemoryConversationStore());
            size = (isStreamed ? await conversations.GetStreamingResponseAsync("q").ToChatResponseAsync() : await conversations.GetResponseAsync("q")).Text.Length;
        });
        Assert.Equal(3 * texts, size);
        return bytes;
    }

    private static async Task<long> RequestAsync(int messages)
    {
        var transport = MemoryTransport.Json(Payloads.Word());
        var history = Enumerable.Range(0, messages).Select(static i => new ChatMessage(i % 2 == 0 ? ChatRole.User : ChatRole.Assistant, "A few words.")).ToList();
        // The first call fills the buffer pool.
        await transport.NewGrok().GetResponseAsync(history);
        var bytes = await AllocatedAsync(() => transport.NewGrok().GetResponseAsync(history));
        Assert.InRange(transport.Sent, messages * 80, messages * 200);
        return bytes;
    }

    // The bodies complete synchronously, so that all allocations happen on this thread.
    private static async Task<long> AllocatedAsync(Func<Task> body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await body();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
