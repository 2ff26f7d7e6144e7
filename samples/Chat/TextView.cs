using System.Globalization;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace Chat;

/// <summary>Answers as text: a live sign of thinking until the first word, then the words as they come, then a line about the turn.</summary>
internal sealed class TextView(Terminal terminal, TimeProvider time) : IAnswerView
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public async Task ShowAsync(IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken cancellationToken)
    {
        await using var updates = answer.GetAsyncEnumerator(cancellationToken);
        var hasMore = terminal.IsOutputLive ? await ThinkAsync(updates) : await updates.MoveNextAsync();
        var last = '\n';
        try
        {
            for (; hasMore; hasMore = await updates.MoveNextAsync())
            {
                var text = TerminalText.Clean(Text(updates.Current));
                if (text.Length > 0)
                {
                    await Terminal.Out.WriteAsync(text);
                    await Terminal.Out.FlushAsync(CancellationToken.None);
                    last = text[^1];
                }
            }
        }
        finally
        {
            if (last != '\n')
            {
                await Terminal.Out.WriteLineAsync();
            }
        }
    }

    public void Finish(Answer answer)
    {
        if (answer.Text.Length == 0)
        {
            terminal.Note("(The answer holds no text.)");
        }

        if (WhySentAnew(answer.Rebuilt) is { } reason)
        {
            terminal.Note($"(The whole conversation was sent anew: {reason}.)");
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

    /// <summary>The reason in words, or null where there is nothing to tell: what was never stored goes along as a matter of course.</summary>
    private static string? WhySentAnew(string? rebuilt) => Enum.TryParse<RebuildReason>(rebuilt, out var reason) ? reason switch
    {
        RebuildReason.NotStored => null,
        RebuildReason.UnknownResponse => "the service did not know the answer it goes on from",
        RebuildReason.Expired => "the answer it goes on from is older than the service keeps one",
        RebuildReason.ModelChanged => "another model answers",
        RebuildReason.ImagesRefused => "the service takes no images in a stored conversation",
        RebuildReason.ReasoningRejected => "the service could not open the sealed reasoning, which was left out",
        RebuildReason.ApprovalDecided => "a function was approved or rejected",
        RebuildReason.ZeroRetention => "the service keeps nothing for this team",
        _ => rebuilt,
    } : rebuilt;

    private static string Summary(Answer answer)
    {
        var ending = answer.FinishReason is null or "stop" ? "" : $" · ended by {answer.FinishReason}";
        var usage = answer.Usage is { } u ? Tokens(u) : "usage unknown";
        return $"[{answer.Number}] {answer.ResponseId ?? "no id"} · {usage} · {Cost(answer.CostInUsd)} · {answer.BytesSent} bytes sent{ending}";
    }

    /// <summary>Moves to the first update with text, with a spinner meanwhile.</summary>
    private async Task<bool> ThinkAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        var start = time.GetTimestamp();
        var thoughts = "";
        var status = terminal.Screen.Status().Spinner(Spinner.Known.Dots).SpinnerStyle(Terminal.Dim(terminal.Screen));
        return await status.StartAsync(Label(start, thoughts), async context =>
        {
            while (true)
            {
                var next = updates.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    await Task.WhenAny(next, Task.Delay(Tick, time));
                    context.Status = Label(start, thoughts);
                }

                if (!await next)
                {
                    return false;
                }

                if (TerminalText.Clean(Text(updates.Current)).Length > 0)
                {
                    return true;
                }

                // Only the last words are shown, and long thinking comes in many small pieces.
                thoughts = Last(thoughts + string.Concat(updates.Current.Contents.OfType<TextReasoningContent>().Select(static r => r.Text)));
            }
        });
    }

    /// <summary>One line, whatever was thought: a spinner of two lines would leave one of them behind.</summary>
    private string Label(long start, string thoughts)
    {
        var elapsed = $"Thinking {time.GetElapsedTime(start).TotalSeconds:0} s";
        var room = terminal.Screen.Profile.Width - elapsed.Length - 8;
        var text = thoughts.Length == 0 || room < 10 ? elapsed : $"{elapsed} · {TerminalText.Tail(thoughts, room)}";
        return Terminal.HasColors(terminal.Screen) ? $"[dim]{Markup.Escape(text)}[/]" : Markup.Escape(text);
    }

    private static string Last(string thoughts) => thoughts.Length > 2000 ? thoughts[^1000..] : thoughts;

    private static string Text(ChatResponseUpdate update) => string.Concat(update.Contents.Select(Answer.Visible));
}
