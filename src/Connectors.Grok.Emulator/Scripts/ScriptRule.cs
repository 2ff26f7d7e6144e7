namespace Connectors.Grok.Emulator;

/// <summary>Replies for the requests that fit. Each reply serves one request, in order; the one said with <see cref="Always"/> serves the rest.</summary>
public sealed class ScriptRule
{
    private readonly Func<RecordedRequest, bool> _matches;
    private readonly Lock _lock;
    private readonly Queue<ReplyBuilder> _queue = new();
    private ReplyBuilder? _always;

    internal ScriptRule(Func<RecordedRequest, bool> matches, Lock scriptLock)
    {
        _matches = matches;
        _lock = scriptLock;
    }

    /// <summary>How many requests this rule has answered.</summary>
    public int Answered { get; private set; }

    internal int Waiting => _queue.Count;

    /// <summary>Answers one request that fits.</summary>
    /// <param name="reply">Says the reply.</param>
    /// <returns>This rule.</returns>
    public ScriptRule Reply(Action<ReplyBuilder> reply)
    {
        var built = ReplyScript.Build(reply);
        lock (_lock)
        {
            _queue.Enqueue(built);
        }

        return this;
    }

    /// <summary>Answers one request that fits with this text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This rule.</returns>
    public ScriptRule Reply(string text) => Reply(reply => reply.Text(text));

    /// <summary>Answers every request that matches, once the other replies are used up.</summary>
    /// <param name="reply">Says the reply.</param>
    public void Always(Action<ReplyBuilder> reply)
    {
        var built = ReplyScript.Build(reply);
        lock (_lock)
        {
            _always = built;
        }
    }

    internal bool Matches(RecordedRequest request) => _matches(request);

    internal ReplyBuilder? Take()
    {
        lock (_lock)
        {
            var reply = _queue.TryDequeue(out var next) ? next : _always;
            if (reply is not null)
            {
                Answered++;
            }

            return reply;
        }
    }
}
