namespace Connectors.Grok.Http;

/// <summary>
/// One token for everything that may end a call: the caller, the total timeout and, in a stream, too long a silence.
/// Knows afterwards which of them it was.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _source;
    private readonly GrokSettings _settings;
    private readonly ITimer _total;
    private ITimer? _idle;
    private volatile string? _expired;

    public Deadline(GrokSettings settings, CancellationToken caller)
    {
        _settings = settings;
        _caller = caller;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _total = Timer($"No whole answer within {settings.Timeout} ({nameof(GrokChatClientOptions.Timeout)}).", settings.Timeout);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Something came: silence counts from now.</summary>
    public void Progress()
    {
        if (_idle is null)
        {
            _idle = Timer(
                $"The stream was silent for {_settings.StreamIdleTimeout} ({nameof(GrokChatClientOptions.StreamIdleTimeout)}).",
                _settings.StreamIdleTimeout);
        }
        else
        {
            _idle.Change(_settings.StreamIdleTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What to throw for a cancellation that was seen under this deadline.</summary>
    public Exception Explain(OperationCanceledException exception)
    {
        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException(exception.Message, exception, _caller);
        }

        // Without a reason of ours it was the timeout of the caller's own HttpClient.
        return new TimeoutException(
            _expired ?? "The HttpClient's own Timeout ended the call. Raise it: a model that thinks hard takes minutes.",
            exception);
    }

    public void Dispose()
    {
        _total.Dispose();
        _idle?.Dispose();
        _source.Dispose();
    }

    private ITimer Timer(string reason, TimeSpan after) => _settings.TimeProvider.CreateTimer(
        static state =>
        {
            var (deadline, reason) = ((Deadline, string))state!;
            deadline._expired = reason;
            try
            {
                deadline._source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The call ended in the same instant; nobody waits any more.
            }
        },
        (this, reason),
        after,
        Timeout.InfiniteTimeSpan);
}
