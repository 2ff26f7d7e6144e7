using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

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

    /// <summary>The call's permit; released when the call ends.</summary>
    public IDisposable? Permit { get; set; }

    /// <summary>Why the request is to be sent again; null when it is not. A time that runs out meanwhile must not hide it.</summary>
    public GrokException? LastFailure { get; set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Nobody waits for the service now: a caller that takes its time is no silence.</summary>
    public void Pause() => _idle?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Silence counts from now.</summary>
    public void Wait()
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

    /// <summary>Ends the call when the answer does not begin in time. Dispose what is returned when it has begun.</summary>
    public ITimer WaitForHeaders() => Timer(
        $"The answer did not begin within {_settings.ResponseHeadersTimeout} ({nameof(GrokChatClientOptions.ResponseHeadersTimeout)}).",
        _settings.ResponseHeadersTimeout);

    /// <summary>What to throw for a cancellation that was seen under this deadline.</summary>
    public Exception Explain(OperationCanceledException exception)
    {
        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException(exception.Message, exception, _caller);
        }

        return (_expired, exception.InnerException) switch
        {
            ({ } reason, _) when LastFailure is { } last => TimedOut($"{reason} The last attempt failed: {last.Message}", last),
            ({ } reason, _) => TimedOut(reason, exception),
            (null, TimeoutException) => TimedOut("The HttpClient's own Timeout ended the call. Raise it: a model that thinks hard takes minutes.", exception),
            _ => new OperationCanceledException("The call was ended from elsewhere: the client was disposed, or its HttpClient's requests were cancelled.", exception),
        };
    }

    public void Dispose()
    {
        _total.Dispose();
        _idle?.Dispose();
        _source.Dispose();
        Permit?.Dispose();
    }

    private static GrokException TimedOut(string message, Exception cause) => new(GrokErrorKind.Timeout, message, new TimeoutException(message, cause));

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
