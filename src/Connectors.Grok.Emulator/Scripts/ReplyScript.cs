namespace Connectors.Grok.Emulator;

/// <summary>
/// What the emulator answers instead of its built-in model. Rules are asked first, in the order they were made; then the queue; then the
/// model. A request the API refuses uses up no reply. Thread-safe.
/// </summary>
public sealed class ReplyScript
{
    private readonly Lock _lock = new();
    private readonly List<ScriptRule> _rules = [];
    private readonly Queue<ReplyBuilder> _queue = new();

    internal ReplyScript()
    {
    }

    /// <summary>How many replies are waiting, in the queue and in the rules.</summary>
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

    /// <summary>Whether a request without a reply is an error (a 500 that says so) instead of a question to the built-in model.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Strict { get; set; }

    /// <summary>Answers the next request that no rule answers.</summary>
    /// <param name="reply">Says the reply.</param>
    /// <returns>This script.</returns>
    public ReplyScript Reply(Action<ReplyBuilder> reply)
    {
        var built = Build(reply);
        lock (_lock)
        {
            _queue.Enqueue(built);
        }

        return this;
    }

    /// <summary>Answers the next request that no rule answers with this text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This script.</returns>
    public ReplyScript Reply(string text) => Reply(reply => reply.Text(text));

    /// <summary>A rule for the requests that fit.</summary>
    /// <param name="request">Whether a request fits. Called for every request, possibly at once.</param>
    /// <returns>The rule; say its replies.</returns>
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

    /// <summary>A rule for requests whose last user message contains these words, in any case.</summary>
    /// <param name="words">The words.</param>
    /// <returns>The rule; say its replies.</returns>
    public ScriptRule WhenText(string words) => When(request => request.LastUserText?.Contains(words, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>A rule for requests with this header, so that tests can share an emulator.</summary>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The rule; say its replies.</returns>
    public ScriptRule WhenHeader(string name, string value) => When(request => request.Headers.TryGetValue(name, out var sent) && sent == value);

    /// <summary>Forgets every rule and every reply that is waiting.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _rules.Clear();
            _queue.Clear();
        }
    }

    /// <summary>Asserts that no reply is waiting any more.</summary>
    /// <exception cref="EmulatorAssertionException">Replies are waiting.</exception>
    public void ShouldBeUsedUp()
    {
        if (Count > 0)
        {
            throw new EmulatorAssertionException($"{Count} scripted replies were never asked for.");
        }
    }

    internal ReplyBuilder? Next(RecordedRequest request)
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

    internal static ReplyBuilder Build(Action<ReplyBuilder> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var builder = new ReplyBuilder();
        reply(builder);
        return builder;
    }
}
