using Connectors.Grok.Emulator.Scripts;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Scripted replies that replace the built-in model. A request is answered by the first rule that matches and has a reply, in the order in
/// which the rules were added, then from the queue, then by the model. A request that the API rejects consumes no reply. Thread-safe.
/// </summary>
public sealed class ReplyScript
{
    private readonly Lock _lock = new();
    private readonly List<ScriptRule> _rules = [];
    private readonly Queue<ScriptedReply> _queue = new();

    internal ReplyScript()
    {
    }

    /// <summary>The number of unused replies in the queue and in the rules. Replies of <c>Always</c> do not count.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count + _rules.Sum(rule => rule.Waiting);
            }
        }
    }

    /// <summary>
    /// Whether a request for which there is no reply gets a 500 instead of an answer of the built-in model. A reply that calls a function or another tool that
    /// the request does not offer gets a 500 too, and is used up.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Strict { get; set; }

    /// <summary>Queues a reply for a request that no rule answers.</summary>
    /// <param name="reply">Builds the reply.</param>
    /// <returns>This script.</returns>
    public ReplyScript Reply(Action<ReplyBuilder> reply) => Enqueue(ScriptedReply.From(reply));

    /// <summary>Queues a reply that is computed from the request that it answers.</summary>
    /// <param name="reply">Builds the reply for the request. It is called once, when the request has been accepted. If it throws, the request gets a 500.</param>
    /// <returns>This script.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
    public ReplyScript Reply(Action<RecordedRequest, ReplyBuilder> reply) => Enqueue(ScriptedReply.From(reply));

    /// <summary>Queues a reply that is computed asynchronously from the request that it answers.</summary>
    /// <param name="reply">Builds the reply for the request. It is called once, when the request has been accepted. Its token is cancelled when the client disconnects. If it throws, the request gets a 500.</param>
    /// <returns>This script.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reply"/> is null.</exception>
    public ReplyScript Reply(Func<RecordedRequest, ReplyBuilder, CancellationToken, Task> reply) => Enqueue(ScriptedReply.From(reply));

    /// <summary>Queues a text as the reply for a request that no rule answers.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This script.</returns>
    public ReplyScript Reply(string text) => Reply(reply => reply.Text(text));

    /// <summary>Adds a rule for the requests that match a condition.</summary>
    /// <param name="request">The condition. Called for every request, possibly from several threads at the same time.</param>
    /// <returns>The rule, to add replies to.</returns>
    public ScriptRule When(Func<RecordedRequest, bool> request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var rule = new ScriptRule(request, _lock);
        lock (_lock)
        {
            _rules.Add(rule);
        }

        return rule;
    }

    /// <summary>Adds a rule for requests whose last user message contains a text; case is ignored.</summary>
    /// <param name="words">The text.</param>
    /// <returns>The rule, to add replies to.</returns>
    public ScriptRule WhenText(string words) => When(request => request.LastUserText?.Contains(words, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Adds a rule for requests with a header, so that tests can share an emulator.</summary>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">The value of the header.</param>
    /// <returns>The rule, to add replies to.</returns>
    public ScriptRule WhenHeader(string name, string value) => When(request => request.Headers.TryGetValue(name, out var sent) && sent == value);

    /// <summary>Removes every rule and every queued reply.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _rules.Clear();
            _queue.Clear();
        }
    }

    /// <summary>Asserts that every reply was used.</summary>
    /// <exception cref="EmulatorAssertionException">There are unused replies.</exception>
    public void ShouldBeUsedUp()
    {
        if (Count > 0)
        {
            throw new EmulatorAssertionException($"{Count} scripted {(Count == 1 ? "reply was" : "replies were")} not used by any request.");
        }
    }

    internal ScriptedReply? Next(RecordedRequest request)
    {
        ScriptRule[] rules;
        lock (_lock)
        {
            rules = [.. _rules];
        }

        foreach (var rule in rules.Where(rule => rule.Matches(request)))
        {
            if (rule.Take() is { } reply)
            {
                return reply;
            }
        }

        lock (_lock)
        {
            return _queue.TryDequeue(out var reply) ? reply : null;
        }
    }

    private ReplyScript Enqueue(ScriptedReply reply)
    {
        lock (_lock)
        {
            _queue.Enqueue(reply);
        }

        return this;
    }
}
