using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Combines everything that can end a call into one token: the caller's cancellation, the total timeout and the idle timeout of a stream.
/// Reports afterwards which of them ended the call.
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

    /// <summary>The failure that the current retry follows; null during the first attempt. A timeout reports it as its cause.</summary>
    public GrokException? LastFailure { get; set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Stops the idle timer; time the caller spends between reads does not count.</summary>
    public void Pause() => _idle?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Starts or restarts the idle timer.</summary>
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

    /// <summary>Starts the timeout for the headers of a streamed answer. The caller disposes the returned timer when the headers arrive.</summary>
    public ITimer WaitForHeaders() => Timer(
        $"The answer did not begin within {_settings.ResponseHeadersTimeout} ({nameof(GrokChatClientOptions.ResponseHeadersTimeout)}).",
        _settings.ResponseHeadersTimeout);

    /// <summary>Converts a cancellation into the exception to throw: the caller's cancellation, a timeout, or a cancellation by others.</summary>
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
                // The call ended at the same time.
            }
        },
        (this, reason),
        after,
        Timeout.InfiniteTimeSpan);
}
