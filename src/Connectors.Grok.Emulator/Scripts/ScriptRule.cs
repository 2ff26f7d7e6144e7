namespace Connectors.Grok.Emulator;

/// <summary>Replies for the requests that match a condition. Each reply answers one request, in order; the reply of <see cref="Always"/> answers every further one.</summary>
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

    /// <summary>The number of requests that this rule has answered.</summary>
    public int Answered { get; private set; }

    internal int Waiting => _queue.Count;

    /// <summary>Adds a reply for one matching request.</summary>
    /// <param name="reply">Builds the reply.</param>
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

    /// <summary>Adds a text as the reply for one matching request.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This rule.</returns>
    public ScriptRule Reply(string text) => Reply(reply => reply.Text(text));

    /// <summary>Sets the reply for every matching request after the other replies are used.</summary>
    /// <param name="reply">Builds the reply.</param>
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
