using System.Globalization;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Soak;

/// <summary>One of many callers that always have a call in progress: streams, whole answers, conversations; some meet a fault, some cancel, some stop reading.</summary>
internal sealed class SoakCaller(int number, GrokChatClient grok, ConversationChatClient conversations, SoakTally tally, int faultPercent)
{
    private const int MostTurns = 6;

    private static readonly string[] Faults =
    [
        "unavailable", "rate-limited", "rate-limited; retry-after=1", "quota-exceeded", "free-usage-exhausted", "spending-limit", "credits-used", "no-credits", "access-denied", "content-policy", "bad-credentials",
        "payment-required", "server-error", "server-error; status=502", "html", "html; status=525", "plain-text", "nested", "error-only", "json-string", "double-encoded", "error-first", "untyped-error", "nested-error",
        "error-object", "cut; after=0", "cut", "cut; after=9", "end; after=0", "end", "stall; after=0", "stall", "empty-final-output", "failed", "keep-alives", "data-only", "unknown-events", "gzip", "wrong-content-type",
    ];

    private readonly Random _random = new(number);
    private string? _conversation;
    private int _turns;

    /// <summary>Runs calls until it is stopped, and finishes the last one.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await CallAsync();
        }

        await ForgetAsync();
    }

    private async Task CallAsync()
    {
        var kind = _random.Next(100);
        FaultHeader.Asked = _random.Next(100) < faultPercent ? Faults[_random.Next(Faults.Length)] : null;
        using var cancellation = new CancellationTokenSource();
        var cancels = kind < 2;
        if (cancels)
        {
            cancellation.CancelAfter(TimeSpan.FromMilliseconds(_random.Next(1500)));
        }

        tally.Begin();
        var outcome = "answer";
        try
        {
            outcome = kind switch
            {
                < 4 => await StreamAsync(grok, new(), cancels ? int.MaxValue : _random.Next(20), cancellation.Token),
                < 14 => await WholeAsync(cancellation.Token),
                < 40 => await ConverseAsync(cancellation.Token),
                _ => await StreamAsync(grok, new(), int.MaxValue, cancellation.Token),
            };
        }
        catch (GrokException e)
        {
            outcome = $"GrokException, {e.Kind}";
            if (FaultHeader.Asked is null || (e.Kind == GrokErrorKind.Timeout && !FaultHeader.Asked.StartsWith("stall", StringComparison.Ordinal)))
            {
                tally.Surprise($"{FaultHeader.Asked ?? "without any fault"}: {e}");
            }
        }
        catch (OperationCanceledException e) when (cancels && e.CancellationToken == cancellation.Token)
        {
            outcome = "cancelled";
        }
        catch (Exception e)
        {
            outcome = e.GetType().Name;
            tally.Surprise($"{FaultHeader.Asked ?? "no fault"}: {e}");
        }

        tally.End(outcome);
    }

    private async Task<string> WholeAsync(CancellationToken cancellationToken)
    {
        var answer = await grok.GetResponseAsync(Question(), cancellationToken: cancellationToken);
        return Judge(answer.FinishReason is not null, "a whole answer without an end");
    }

    private async Task<string> StreamAsync(IChatClient client, ChatOptions options, int stopsAfter, CancellationToken cancellationToken)
    {
        var (seen, isWhole) = (0, false);
        await foreach (var update in client.GetStreamingResponseAsync(Question(), options, cancellationToken))
        {
            tally.Event();
            isWhole = update.FinishReason is not null;
            if (seen++ == stopsAfter)
            {
                return "stopped reading";
            }
        }

        return Judge(isWhole, "a stream without an end");
    }

    private async Task<string> ConverseAsync(CancellationToken cancellationToken)
    {
        if (_turns++ % MostTurns == 0)
        {
            await ForgetAsync();
            _conversation = string.Create(CultureInfo.InvariantCulture, $"c{number}-{_turns}");
        }

        return await StreamAsync(conversations, new() { ConversationId = _conversation }, int.MaxValue, cancellationToken);
    }

    private async Task ForgetAsync()
    {
        if (_conversation is { } id)
        {
            FaultHeader.Asked = null;
            await conversations.Conversations.DeleteAsync(id);
            _conversation = null;
        }
    }

    private string Judge(bool isWhole, string otherwise)
    {
        if (!isWhole)
        {
            tally.Surprise(otherwise);
        }

        return "answer";
    }

    private string Question() => string.Create(CultureInfo.InvariantCulture, $"Write {10 + _random.Next(40)} words about patience.");
}
