using System.Globalization;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace Chat;

/// <summary>Shows answers as text: a spinner until the first text, then the streamed text, then a summary line.</summary>
internal sealed class TextView(Terminal terminal, TimeProvider time) : IAnswerView
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public async Task ShowAsync(IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken cancellationToken)
    {
        await using var updates = answer.GetAsyncEnumerator(cancellationToken);
        var hasMore = terminal.IsOutputLive ? await ThinkAsync(updates) : await updates.MoveNextAsync();
        // Only a terminal has rows to wrap at.
        var writer = new WordWrapWriter(terminal.Out, () => terminal.IsOutputLive ? terminal.Screen.Profile.Width : int.MaxValue);
        try
        {
            for (; hasMore; hasMore = await updates.MoveNextAsync())
            {
                await writer.WriteAsync(TerminalText.Clean(Text(updates.Current)));
            }
        }
        finally
        {
            await writer.CompleteAsync();
        }
    }

    public void Finish(Answer answer)
    {
        if (answer.Text.Length == 0)
        {
            terminal.Note("(The answer contains no text.)");
        }

        if (answer.Rebuilt == nameof(RebuildReason.Compacted))
        {
            terminal.Note("(A summary was sent in place of the compacted turns.)");
        }
        else if (DescribeRebuild(answer.Rebuilt) is { } reason)
        {
            terminal.Note($"(The whole conversation was resent: {reason}.)");
        }

        terminal.Note(Summary(answer));
        if (terminal.IsOutputLive)
        {
            terminal.Note("");
        }
    }

    public static string Tokens(UsageDetails usage) =>
        $"in {usage.InputTokenCount ?? 0} ({usage.CachedInputTokenCount ?? 0} cached) · out {usage.OutputTokenCount ?? 0} ({usage.ReasoningTokenCount ?? 0} reasoning)";

    public static string Cost(decimal? usd) =>
        usd is { } cost ? "$" + cost.ToString(cost is > 0 and < 0.001m ? "0.000000" : "0.0000", CultureInfo.InvariantCulture) : "cost unknown";

    /// <summary>Describes the reason; null for turns that were never stored, which are always sent in full.</summary>
    private static string? DescribeRebuild(string? rebuilt) => Enum.TryParse<RebuildReason>(rebuilt, out var reason) ? reason switch
    {
        RebuildReason.NotStored => null,
        RebuildReason.UnknownResponse => "the server did not know the previous response",
        RebuildReason.Expired => "the previous response has expired",
        RebuildReason.ModelChanged => "the model changed",
        RebuildReason.ImagesRefused => "the server rejected images in a stored conversation",
        RebuildReason.ReasoningRejected => "the server rejected the encrypted reasoning, which was removed",
        RebuildReason.ApprovalDecided => "a function was approved or rejected",
        RebuildReason.ZeroRetention => "the server stores nothing for this team",
        RebuildReason.UnansweredCalls => "function calls of the last answer have no results, and were left out",
        RebuildReason.OwnHistory => "the model saw exactly the given messages",
        _ => rebuilt,
    } : rebuilt;

    private static string Summary(Answer answer)
    {
        var finish = answer.FinishReason is null or "stop" ? "" : $" · ended by {TerminalText.Name(answer.FinishReason)}";
        var usage = answer.Usage is { } u ? Tokens(u) : "usage unknown";
        return $"[{answer.Number}] {TerminalText.Name(answer.ResponseId ?? "no id", 200)} · {usage} · {Cost(answer.CostInUsd)} · {answer.BytesSent} bytes sent{finish}";
    }

    /// <summary>Advances to the first update with text, and shows a spinner meanwhile.</summary>
    private async Task<bool> ThinkAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        var start = time.GetTimestamp();
        var reasoning = "";
        var status = terminal.Screen.Status().Spinner(Spinner.Known.Dots).SpinnerStyle(Terminal.Dim(terminal.Screen));
        return await status.StartAsync(Label(start, reasoning), async context =>
        {
            while (true)
            {
                var next = updates.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    await Task.WhenAny(next, Task.Delay(Tick, time));
                    context.Status = Label(start, reasoning);
                }

                if (!await next)
                {
                    return false;
                }

                if (TerminalText.Clean(Text(updates.Current)).Length > 0)
                {
                    return true;
                }

                // Only the end of the reasoning is shown, so the beginning is dropped.
                reasoning = Last(reasoning + string.Concat(updates.Current.Contents.OfType<TextReasoningContent>().Select(static r => r.Text)));
            }
        });
    }

    /// <summary>Formats the spinner label on one line; redrawing a label of two lines would leave one of them behind.</summary>
    private string Label(long start, string reasoning)
    {
        var elapsed = $"Thinking {time.GetElapsedTime(start).TotalSeconds:0} s";
        var room = terminal.Screen.Profile.Width - elapsed.Length - 8;
        var text = reasoning.Length == 0 || room < 10 ? elapsed : $"{elapsed} · {TerminalText.Tail(reasoning, room)}";
        return Terminal.HasColors(terminal.Screen) ? $"[dim]{Markup.Escape(text)}[/]" : Markup.Escape(text);
    }

    private static string Last(string reasoning) => reasoning.Length > 2000 ? reasoning[^1000..] : reasoning;

    private static string Text(ChatResponseUpdate update) => string.Concat(update.Contents.Select(Answer.VisibleText));
}
