using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Combines everything that can end a call into one token: the caller's cancellation, the total timeout, and the timeouts of a stream.
/// Reports afterwards which of them ended the call.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly GrokSettings _settings;
    private readonly ITimer _total;
    private readonly Lock _lock = new();
    private CancellationTokenSource _source;
    private ITimer? _idle;
    private long _waitsSince;
    private bool _isProgress;
    private bool _isOver;
    private volatile string? _expired;

    public Deadline(GrokSettings settings, string? clientRequestId, CancellationToken caller)
    {
        _settings = settings;
        _caller = caller;
        ClientRequestId = clientRequestId ?? Guid.NewGuid().ToString("D");
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _total = Timer(static d => d.Expire($"No whole answer within {d._settings.Timeout} ({nameof(GrokChatClientOptions.Timeout)}).", isOver: true), settings.Timeout);
    }

    /// <summary>The id of the call, the same for all of its requests.</summary>
    public string ClientRequestId { get; }

    /// <summary>The call's permit; released when the call ends.</summary>
    public IDisposable? Permit { get; set; }

    /// <summary>The failure that the current retry follows; null during the first attempt. A timeout reports it as its cause.</summary>
    public GrokException? LastFailure { get; set; }

    /// <summary>The stored response that the request names; null for none.</summary>
    public StoredReference? Stored { get; init; }

    /// <summary>Whether the call has renewed its credential; it does so once.</summary>
    public bool HasRenewed { get; set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether a timeout of the stream ended it, rather than the caller or the timeout of the whole call.</summary>
    public bool HasIdled { get; private set; }

    /// <summary>Stops the timer of the stream; time the caller spends between reads does not count.</summary>
    public void Pause() => _idle?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Starts to wait for the next event: starts or restarts the timers of the stream.</summary>
    public void Wait()
    {
        _waitsSince = _settings.TimeProvider.GetTimestamp();
        WaitOn(_settings.StreamProgressTimeout);
    }

    /// <summary>Waits on after bytes that were no event: restarts the idle timer only.</summary>
    public void WaitOn()
    {
        var progress = _settings.StreamProgressTimeout;
        var left = progress == Timeout.InfiniteTimeSpan ? progress : progress - _settings.TimeProvider.GetElapsedTime(_waitsSince);
        WaitOn(progress == Timeout.InfiniteTimeSpan || left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>Starts the timeout for the headers of a streamed answer. The caller disposes the returned timer when the headers arrive.</summary>
    public ITimer WaitForHeaders() => Timer(
        static d => d.Expire($"The answer did not begin within {d._settings.ResponseHeadersTimeout} ({nameof(GrokChatClientOptions.ResponseHeadersTimeout)}).", isOver: true),
        _settings.ResponseHeadersTimeout);

    /// <summary>Allows further requests of the call after its stream idled; false when the caller or another timeout ended the call.</summary>
    public bool TryContinue()
    {
        Pause();
        lock (_lock)
        {
            if (_isOver || _caller.IsCancellationRequested)
            {
                return false;
            }

            if (_source.IsCancellationRequested)
            {
                var idle = _source;
                _source = CancellationTokenSource.CreateLinkedTokenSource(_caller);
                idle.Dispose();
                _expired = null;
            }

            return true;
        }
    }

    /// <summary>Converts a cancellation into the exception to throw: the caller's cancellation, a timeout, or a cancellation by others.</summary>
    /// <param name="exception">The cancellation, or what a handler threw instead of it.</param>
    public Exception Explain(Exception exception)
    {
        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException(exception.Message, exception, _caller);
        }

        return (_expired, exception.InnerException) switch
        {
            ({ } reason, _) when LastFailure is { } last => TimedOut($"{reason} The last attempt failed: {last.Message}", last),
            ({ } reason, _) => TimedOut(reason, exception),
            (null, TimeoutException) => TimedOut("The HttpClient's own Timeout ended the call. Raise it: a reasoning model takes minutes.", exception),
            _ => new OperationCanceledException("Something other than the caller cancelled the call: the client was disposed, or the requests of its HttpClient were cancelled.", exception),
        };
    }

    public void Dispose()
    {
        _total.Dispose();
        _idle?.Dispose();
        _source.Dispose();
        Permit?.Dispose();
    }

    private GrokException TimedOut(string message, Exception cause) =>
        new(GrokErrorKind.Timeout, message, new TimeoutException(message, cause)) { ClientRequestId = ClientRequestId };

    /// <summary>Arms one timer for both timeouts of a stream: whichever is due first.</summary>
    private void WaitOn(TimeSpan progress)
    {
        var idle = _settings.StreamIdleTimeout;
        _isProgress = progress != Timeout.InfiniteTimeSpan && (idle == Timeout.InfiniteTimeSpan || progress < idle);
        var due = _isProgress ? progress : idle;
        if (_idle is null)
        {
            _idle = Timer(
                static d => d.Expire(
                    d._isProgress
                        ? $"The stream had only pings and comments for {d._settings.StreamProgressTimeout} ({nameof(GrokChatClientOptions.StreamProgressTimeout)})."
                        : $"The stream was silent for {d._settings.StreamIdleTimeout} ({nameof(GrokChatClientOptions.StreamIdleTimeout)}).",
                    isOver: false),
                due);
        }
        else
        {
            _idle.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire(string reason, bool isOver)
    {
        CancellationTokenSource source;
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            (_isOver, HasIdled, _expired, source) = (isOver, !isOver, reason, _source);
        }

        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended at the same time.
        }
    }

    private ITimer Timer(Action<Deadline> expire, TimeSpan after) => _settings.TimeProvider.CreateTimer(
        static state =>
        {
            var (deadline, expire) = ((Deadline, Action<Deadline>))state!;
            expire(deadline);
        },
        (this, expire),
        after,
        Timeout.InfiniteTimeSpan);
}
