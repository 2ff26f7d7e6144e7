using System.Diagnostics;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Fuzz;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Cancels at every event of every stream, in memory: when its bytes were read and the service says nothing more, and when its update has come and more is there already.</summary>
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
                // It fails by itself.
                continue;
            }

            foreach (var at in Ends(answer.Body))
            {
                await CancelAsync("in memory, streamed, after an event", grok, at, afterUpdate: null);
                await CancelAsync("in memory, conversation, after an event", Conversation(grok), at, afterUpdate: null);
            }

            for (var i = 0; i < updates; i++)
            {
                await CancelAsync("in memory, streamed, after an update", grok, null, i);
                await CancelAsync("in memory, conversation, after an update", Conversation(grok), null, i);
            }
        }
    }

    private static ConversationChatClient Conversation(GrokChatClient grok) => new(grok, new InMemoryConversationStore());

    /// <summary>How many updates come before the last one; null when the answer is none.</summary>
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

    /// <summary>Where the events end, the last one excepted.</summary>
    private static List<int> Ends(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        var ends = new List<int> { 0 };
        for (var at = 0; (at = text.IndexOf("\n\n", at, StringComparison.Ordinal)) >= 0 && at + 2 < text.Length; at += 2)
        {
            ends.Add(at + 2);
        }

        return ends;
    }

    private async Task CancelAsync(string way, IChatClient client, int? afterByte, int? afterUpdate)
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = 0L;
        _transport.Cuts = new Random(afterByte ?? 0);
        _transport.Stop = afterByte is { } at ? (at, _ => Cancel()) : null;
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
