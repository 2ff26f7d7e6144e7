using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Holds back the requests for one model while the service limits their rate. After the wait that the service asked for, one request probes; then the
/// others follow at a pace that grows until the next limit. While there is no limit, requests pass at once.
/// </summary>
internal sealed class RateLimitGate : IDisposable
{
    /// <summary>The longest time that one call waits here.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    // The lowest rate that xAI grants, in requests per second.
    private const double LeastRate = 2;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // A limit is reported at once; a request that is not rejected within this time was accepted.
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    // Without a limit for this time, the pace grows fast, and without waiting requests the gate opens.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<Pass>> _waiting = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _firstWait;
    private readonly Func<double> _jitter;
    private readonly ITimer _timer;
    private readonly long _start;
    private TimeSpan _closedUntil;
    private TimeSpan _nextRelease;
    private TimeSpan _limitedAt;
    private TimeSpan? _probedAt;
    private bool _needsProbe;
    private double _rate;
    private int _limits;
    private int _generation;
    private long _second;
    private int _sent;
    private int _sentBefore;

    /// <param name="time">The clock.</param>
    /// <param name="firstWait">The wait when the service asks for none; it doubles with each further limit.</param>
    /// <param name="jitter">The source of jitter; returns values in [0, 1).</param>
    public RateLimitGate(TimeProvider time, TimeSpan firstWait, Func<double> jitter)
    {
        (_time, _firstWait, _jitter, _start) = (time, firstWait, jitter, time.GetTimestamp());
        _timer = time.CreateTimer(static gate => ((RateLimitGate)gate!).Release(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Lets a request go at once while there is no limit; null while there is one.</summary>
    public Pass? TryEnter()
    {
        lock (_lock)
        {
            return _rate == 0 ? NewPass(isProbe: false) : null;
        }
    }

    /// <summary>Waits until a request may be sent.</summary>
    /// <param name="isRetry">Whether the request was rejected before: then it goes first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The pass of the request; disposed when it was accepted or has failed.</returns>
    /// <exception cref="TimeoutException">The wait is longer than <see cref="LongestWait"/>.</exception>
    public async ValueTask<Pass> EnterAsync(bool isRetry, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource<Pass>(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<Pass>> node;
        lock (_lock)
        {
            if (_rate == 0)
            {
                return NewPass(isProbe: false);
            }

            node = isRetry ? _waiting.AddFirst(turn) : _waiting.AddLast(turn);
            ReleaseDue();
        }

        try
        {
            return await turn.Task.WaitAsync(LongestWait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_lock)
            {
                if (node.List is not null)
                {
                    _waiting.Remove(node);
                }
            }

            if (turn.Task.IsCompletedSuccessfully)
            {
                // Released at the same moment: the next one may go.
                (await turn.Task.ConfigureAwait(false)).Dispose();
            }

            throw;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Release()
    {
        lock (_lock)
        {
            ReleaseDue();
        }
    }

    /// <summary>Lets the requests go that are due, and sets the timer for the next one.</summary>
    private void ReleaseDue()
    {
        var now = Now;
        if (now < _closedUntil)
        {
            if (_waiting.Count > 0)
            {
                Arm(_closedUntil - now);
            }

            return;
        }

        if (_needsProbe && _probedAt is { } probed)
        {
            if (now - probed < ProbePatience)
            {
                Arm(ProbePatience - (now - probed));
                return;
            }

            Accept();
        }

        ReleaseOpen(now);
    }

    private void ReleaseOpen(TimeSpan now)
    {
        while (_waiting.First is { } first && now >= _nextRelease)
        {
            _waiting.RemoveFirst();
            first.Value.TrySetResult(NewPass(_needsProbe));
            if (_needsProbe)
            {
                _probedAt = now;
                Arm(ProbePatience);
                return;
            }

            _nextRelease = (_nextRelease > now - Second ? _nextRelease : now) + TimeSpan.FromSeconds(1 / _rate);
            _rate += now - _limitedAt > Calm ? _rate * 0.02 : 0.5 / _rate;
        }

        if (_waiting.Count > 0)
        {
            Arm(_nextRelease - now);
        }
        else if (now - _limitedAt > Calm)
        {
            (_rate, _limits) = (0, 0);
        }
    }

    /// <summary>The probe was accepted: the others may follow.</summary>
    private void Accept() => (_needsProbe, _probedAt, _nextRelease) = (false, null, Now);

    private void Arm(TimeSpan due) => _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    private Pass NewPass(bool isProbe)
    {
        var second = (long)Now.TotalSeconds;
        if (second != _second)
        {
            (_sentBefore, _sent, _second) = (second == _second + 1 ? _sent : 0, 0, second);
        }

        _sent++;
        return new Pass(this, _generation, isProbe);
    }

    private void Limit(Pass pass, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            var now = Now;
            if (pass.Generation == _generation)
            {
                // Requests that were sent before the same limit report it too; it counts once.
                _generation++;
                _limits++;
                _rate = Math.Max(LeastRate, _rate == 0 ? (Math.Max(_sent, _sentBefore) - 1) * 0.9 : _rate * 0.85);
            }

            var wait = retryAfter is { } asked ? RetryDelays.WithJitter(asked, _jitter) : Backoff() * (1 + _jitter());
            (_closedUntil, _limitedAt, _needsProbe, _probedAt) = (_closedUntil > now + wait ? _closedUntil : now + wait, now, true, null);
            ReleaseDue();
        }
    }

    private TimeSpan Backoff()
    {
        var wait = _firstWait * Math.Pow(2, Math.Clamp(_limits - 1, 0, 10));
        return wait < LongestBackoff ? wait : LongestBackoff;
    }

    private void Return(Pass pass)
    {
        if (pass.IsProbe)
        {
            lock (_lock)
            {
                if (pass.Generation == _generation && _needsProbe)
                {
                    Accept();
                    ReleaseDue();
                }
            }
        }
    }

    /// <summary>The permission to send one request.</summary>
    public sealed class Pass(RateLimitGate gate, int generation, bool isProbe) : IDisposable
    {
        private bool _isReported;

        public int Generation { get; } = generation;

        public bool IsProbe { get; } = isProbe;

        /// <summary>Reports that the service rejected the request because of its rate.</summary>
        public void Limit(TimeSpan? retryAfter)
        {
            _isReported = true;
            gate.Limit(this, retryAfter);
        }

        /// <summary>Reports any other end of the request.</summary>
        public void Dispose()
        {
            if (!_isReported)
            {
                _isReported = true;
                gate.Return(this);
            }
        }
    }
}
