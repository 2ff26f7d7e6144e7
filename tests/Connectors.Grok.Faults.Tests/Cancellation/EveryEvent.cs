using System.Diagnostics;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Fuzz;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Cancels at every event of every stream, in memory: when its bytes were read and the service stalls, and when its update arrived and more bytes are available.</summary>
internal sealed class EveryEvent(CancelResult result)
{
    private readonly BytesTransport _transport = new();

    public async Task RunAsync()
    {
        using var grok = _transport.NewGrok();
        foreach (var seed in (await Corpus.CaptureAsync()).Where(static s => s.IsStream))
        {
            var answer = seed.ToAnswer();
            _transport.Answer = answer;
            if (await UpdatesAsync(grok) is not { } updates)
            {
                // The answer fails without a cancellation.
                continue;
            }

            foreach (var position in Ends(answer.Body))
            {
                await CancelAsync("in memory, streamed, after an event", grok, position, afterUpdate: null);
                await CancelAsync("in memory, conversation, after an event", Conversation(grok), position, afterUpdate: null);
            }

            for (var i = 0; i < updates; i++)
            {
                await CancelAsync("in memory, streamed, after an update", grok, null, i);
                await CancelAsync("in memory, conversation, after an update", Conversation(grok), null, i);
            }
        }
    }

    private static ConversationChatClient Conversation(GrokChatClient grok) => new(grok, new InMemoryConversationStore());

    /// <summary>The number of updates before the last one; null when the answer fails.</summary>
    private async Task<int?> UpdatesAsync(GrokChatClient grok)
    {
        _transport.Stop = null;
        try
        {
            return await grok.GetStreamingResponseAsync("q").CountAsync() - 1;
        }
        catch (GrokException)
        {
            return null;
        }
    }

    /// <summary>The positions at which the events end, except the last.</summary>
    private static List<int> Ends(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        var ends = new List<int> { 0 };
        for (var position = 0; (position = text.IndexOf("\n\n", position, StringComparison.Ordinal)) >= 0 && position + 2 < text.Length; position += 2)
        {
            ends.Add(position + 2);
        }

        return ends;
    }

    private async Task CancelAsync(string way, IChatClient client, int? afterByte, int? afterUpdate)
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = 0L;
        _transport.Cuts = new Random(afterByte ?? 0);
        _transport.Stop = afterByte is { } position ? (position, _ => Cancel()) : null;
        Exception? thrown = null;
        try
        {
            var seen = 0;
            await foreach (var _ in client.GetStreamingResponseAsync("q", cancellationToken: cancellation.Token))
            {
                if (seen++ == afterUpdate)
                {
                    Cancel();
                }
            }
        }
        catch (Exception e)
        {
            thrown = e;
        }

        result.Add(way, thrown, Stopwatch.GetElapsedTime(cancelled), cancellation.Token);
        if (_transport.Open != 0)
        {
            result.Wrong.Enqueue($"{way}: the connection was not let go");
        }

        void Cancel()
        {
            cancelled = Stopwatch.GetTimestamp();
            cancellation.Cancel();
        }
    }
}
