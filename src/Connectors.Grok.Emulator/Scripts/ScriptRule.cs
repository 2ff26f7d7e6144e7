using Connectors.Grok.Emulator.Scripts;

namespace Connectors.Grok.Emulator;

/// <summary>Replies for the requests that match a condition. Each reply answers one request, in order; the reply of <c>Always</c> answers every further one.</summary>
public sealed class ScriptRule
{
    private readonly Func<RecordedRequest, bool> _matches;
    private readonly Lock _lock;
    private readonly Queue<ScriptedReply> _queue = new();
    private ScriptedReply? _always;

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
    public ScriptRule Reply(Action<ReplyBuilder> reply) => Enqueue(ScriptedReply.From(reply));

    /// <summary>Adds a reply for one matching request that is computed from that request.</summary>
    /// <param name="reply">Builds the reply for the request. It is called once, when the request has been accepted. If it throws, the request gets a 500.</param>
    /// <returns>This rule.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
    public ScriptRule Reply(Action<RecordedRequest, ReplyBuilder> reply) => Enqueue(ScriptedReply.From(reply));

    /// <summary>Adds a reply for one matching request that is computed asynchronously from that request.</summary>
    /// <param name="reply">Builds the reply for the request. It is called once, when the request has been accepted. Its token is cancelled when the client disconnects. If it throws, the request gets a 500.</param>
    /// <returns>This rule.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
    public ScriptRule Reply(Func<RecordedRequest, ReplyBuilder, CancellationToken, Task> reply) => Enqueue(ScriptedReply.From(reply));

    /// <summary>Adds a text as the reply for one matching request.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This rule.</returns>
    public ScriptRule Reply(string text) => Reply(reply => reply.Text(text));

    /// <summary>Sets the reply for every matching request after the other replies are used.</summary>
    /// <param name="reply">Builds the reply.</param>
    public void Always(Action<ReplyBuilder> reply) => SetAlways(ScriptedReply.From(reply));

    /// <summary>Sets the reply for every matching request after the other replies are used, computed from each request.</summary>
    /// <param name="reply">Builds the reply for a request. It is called for each request that it answers, possibly from several threads at the same time. If it throws, the request gets a 500.</param>
    /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
    public void Always(Action<RecordedRequest, ReplyBuilder> reply) => SetAlways(ScriptedReply.From(reply));

    /// <summary>Sets the reply for every matching request after the other replies are used, computed asynchronously from each request.</summary>
    /// <param name="reply">Builds the reply for a request. It is called for each request that it answers, possibly from several threads at the same time. Its token is cancelled when the client disconnects. If it throws, the request gets a 500.</param>
    /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
    public void Always(Func<RecordedRequest, ReplyBuilder, CancellationToken, Task> reply) => SetAlways(ScriptedReply.From(reply));

    internal bool Matches(RecordedRequest request) => _matches(request);

    internal ScriptedReply? Take()
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

    private ScriptRule Enqueue(ScriptedReply reply)
    {
        lock (_lock)
        {
            _queue.Enqueue(reply);
        }

        return this;
    }

    private void SetAlways(ScriptedReply reply)
    {
        lock (_lock)
        {
            _always = reply;
        }
    }
}
