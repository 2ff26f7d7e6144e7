using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Web.Markdown;

/// <summary>
/// An answer that grows. Only the text from the last complete block on is parsed again, and only what changed in the tree is reported. When
/// pieces arrive fast, several are reported as one.
/// </summary>
/// <param name="interval">The minimum time between two reports; zero reports each piece.</param>
/// <param name="clock">The clock.</param>
/// <param name="report">Receives the new text and the changes of the tree; called by one thread at a time. What it throws, the next call throws.</param>
internal sealed class GrowingAnswer(TimeSpan interval, TimeProvider clock, Action<AnswerPiece> report) : IDisposable
{
    /// <summary>The size of a text that is parsed again; a longer block is divided.</summary>
    private const int MaxTail = 48 << 10;

    /// <summary>The maximum number of nodes of an answer; the rest is plain text.</summary>
    private const int MaxNodes = 20_000;

    /// <summary>Parsing takes at most one part in this number of the time.</summary>
    private const int ParseShare = 8;

    private readonly Lock _lock = new();
    private string _tail = "";
    private string _pending = "";
    private IReadOnlyList<Node> _blocks = [];
    private int _stable;
    private int _nodes;
    private long _reportedAt;
    private TimeSpan _pause;
    private ITimer? _timer;

    // A failure on the timer's thread, where it would end the process.
    private ExceptionDispatchInfo? _failure;

    /// <summary>Parses a whole answer.</summary>
    public static AnswerView Parse(string text)
    {
        var blocks = new List<Node>();
        using var answer = new GrowingAnswer(TimeSpan.Zero, TimeProvider.System, piece => Apply(blocks, piece.Changes));
        answer._tail = text;
        answer.Report(isComplete: true);
        return new AnswerView(blocks);
    }

    /// <summary>Appends a piece.</summary>
    public void Add(string text)
    {
        lock (_lock)
        {
            _failure?.Throw();
            _pending += text;
            var wait = _reportedAt == 0 ? TimeSpan.Zero : _pause - clock.GetElapsedTime(_reportedAt);
            if (wait <= TimeSpan.Zero)
            {
                Flush(isComplete: false);
            }
            else
            {
                _timer ??= clock.CreateTimer(_ => Tick(), null, wait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Reports what has not been reported, such as the highlighting of code at the end.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _failure?.Throw();
            Flush(isComplete: true);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_timer is not null && _pending.Length > 0)
            {
                try
                {
                    Flush(isComplete: false);
                }
                catch (Exception e)
                {
                    _failure = ExceptionDispatchInfo.Capture(e);
                }
            }
        }
    }

    private void Flush(bool isComplete)
    {
        _timer?.Dispose();
        _timer = null;
        _tail += _pending;
        var started = Stopwatch.GetTimestamp();
        Report(isComplete);
        _pause = interval == TimeSpan.Zero ? interval : TimeSpan.FromTicks(Math.Max(interval.Ticks, Stopwatch.GetElapsedTime(started).Ticks * ParseShare));
        _reportedAt = clock.GetTimestamp();
    }

    private void Report(bool isComplete)
    {
        var first = _stable;
        var before = _blocks;
        var settled = new List<Node>();
        IReadOnlyList<ParsedBlock> parsed;
        while (true)
        {
            var end = isComplete ? _tail.Length : FindReadable(_tail);
            var cut = end > MaxTail ? FindCut(_tail) : end;
            parsed = MarkdownParser.Parse(_tail[..cut], isComplete && cut == end, MaxNodes - _nodes);
            if (cut == end)
            {
                break;
            }

            if (parsed is [.., { IsOpenCode: true }])
            {
                // Code has no end in this part; parsing it is fast, however long it is.
                parsed = MarkdownParser.Parse(_tail[..end], isComplete, MaxNodes - _nodes);
                break;
            }

            var kept = parsed is [_, .., { Start: > 0 } last] ? last.Start : cut;
            Settle(settled, kept == cut ? parsed : [.. parsed.SkipLast(1)], kept);
        }

        if (parsed.Count > 1)
        {
            var start = parsed[^1].Start;
            Settle(settled, [.. parsed.SkipLast(1)], start);
        }

        _blocks = parsed.Count > 0 ? [parsed[^1].Node] : [];
        var changes = Change.Between(before, [.. settled, .. _blocks], first);
        if (changes.Count > 0 || _pending.Length > 0)
        {
            var text = _pending;
            _pending = "";
            report(new AnswerPiece(text, changes));
        }
    }

    private void Settle(List<Node> settled, IReadOnlyList<ParsedBlock> blocks, int length)
    {
        settled.AddRange(blocks.Select(static block => block.Node));
        _stable += blocks.Count;
        _nodes = Math.Min(MaxNodes, _nodes + blocks.Sum(static block => Size(block.Node)));
        _tail = _tail[length..];
    }

    /// <summary>
    /// Finds the end of what can be shown. The beginning of a line can make the lines before it look like something else for a moment: a row
    /// without its first column mark ends a table, and the dash of a list item makes a heading.
    /// </summary>
    private static int FindReadable(string text)
    {
        var line = text.LastIndexOf('\n') + 1;
        if (line == 0 || line == text.Length)
        {
            return text.Length;
        }

        var last = text.AsSpan(line);
        var before = text.AsSpan(0, line - 1);
        before = before[(before.LastIndexOf('\n') + 1)..].Trim();
        var isRow = before.Contains('|') && !last.Contains('|');
        var isUnderline = before.Length > 0 && last.Trim() is ['-' or '=', ..] && last.Trim().TrimEnd("-=").IsEmpty;
        return isRow || isUnderline ? line : text.Length;
    }

    private static int FindCut(string text)
    {
        var line = text.LastIndexOf('\n', MaxTail - 1);
        return line > 0 ? line + 1 : char.IsHighSurrogate(text[MaxTail - 1]) ? MaxTail - 1 : MaxTail;
    }

    private static int Size(Node node) => 1 + (node.Nodes?.Sum(Size) ?? 0);

    private static void Apply(List<Node> blocks, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            blocks.RemoveRange(change.From!.Value, blocks.Count - change.From.Value);
            blocks.AddRange(change.Nodes!);
        }
    }
}

/// <summary>The event <c>text</c>: the Markdown that arrived, and how the tree of the answer changes.</summary>
/// <param name="Text">The Markdown.</param>
/// <param name="Changes">The changes, to apply in order.</param>
internal sealed record AnswerPiece(string Text, IReadOnlyList<Change> Changes);
