using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public sealed class RateLimitGateTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly RateLimitGate _gate;

    public RateLimitGateTests() => _gate = new RateLimitGate(_time, Second, static () => 0.5);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Requests_pass_at_once_while_there_is_no_limit()
    {
        for (var i = 0; i < 100; i++)
        {
            using var pass = await Entered(_gate.EnterAsync(isRetry: false, default));
            Assert.False(pass.IsProbe);
        }
    }

    [Fact]
    public async Task Requests_wait_for_the_time_of_the_service_then_one_probes_and_the_others_follow_in_order()
    {
        (await Entered(_gate.EnterAsync(false, default))).Limit(TimeSpan.FromSeconds(4));
        var later = Enumerable.Range(0, 3).Select(_ => _gate.EnterAsync(false, default).AsTask()).ToList();
        var retry = _gate.EnterAsync(isRetry: true, default).AsTask();
        // Four seconds, and one of jitter.
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.All([.. later, retry], static t => Assert.False(t.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var probe = await retry;
        Assert.True(probe.IsProbe);
        _time.Advance(Second);
        Assert.All(later, static t => Assert.False(t.IsCompleted));

        probe.Dispose();
        (await later[0]).Dispose();
        Assert.False(later[1].IsCompleted);
        _time.Advance(Second / 2);
        (await later[1]).Dispose();
        Assert.False(later[2].IsCompleted);
        _time.Advance(Second / 2);
        (await later[2]).Dispose();
    }

    [Fact]
    public async Task Limited_probe_closes_the_gate_again_for_longer()
    {
        (await Entered(_gate.EnterAsync(false, default))).Limit(null);
        var first = _gate.EnterAsync(false, default).AsTask();
        var second = _gate.EnterAsync(false, default).AsTask();
        // One second without Retry-After, and half of it as jitter.
        _time.Advance(TimeSpan.FromSeconds(2));
        (await first).Limit(null);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True((await second).IsProbe);
    }

    [Fact]
    public async Task Probe_without_a_verdict_counts_as_accepted_after_two_seconds()
    {
        (await Entered(_gate.EnterAsync(false, default))).Limit(Second);
        var probe = _gate.EnterAsync(false, default).AsTask();
        var next = _gate.EnterAsync(false, default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await probe).IsProbe);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False((await next).IsProbe);
    }

    [Fact]
    public async Task Cancelled_wait_leaves_its_turn_to_the_next_request()
    {
        (await Entered(_gate.EnterAsync(false, default))).Limit(Second);
        using var cancel = new CancellationTokenSource();
        var cancelled = _gate.EnterAsync(false, cancel.Token).AsTask();
        var next = _gate.EnterAsync(false, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await next).IsProbe);
    }

    [Fact]
    public async Task Wait_is_bounded()
    {
        (await Entered(_gate.EnterAsync(false, default))).Limit(TimeSpan.FromSeconds(60));
        var probe = _gate.EnterAsync(false, default).AsTask();
        var waiting = _gate.EnterAsync(false, default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(70));
        (await probe).Limit(TimeSpan.FromSeconds(60));
        _time.Advance(RateLimitGate.LongestWait - TimeSpan.FromSeconds(70));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
    }

    [Fact]
    public async Task Gate_opens_after_ten_seconds_without_a_limit()
    {
        (await Entered(_gate.EnterAsync(false, default))).Limit(Second);
        _time.Advance(TimeSpan.FromSeconds(2));
        (await Entered(_gate.EnterAsync(false, default))).Dispose();
        _time.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 100; i++)
        {
            (await Entered(_gate.EnterAsync(false, default))).Dispose();
        }
    }

    private static async Task<RateLimitGate.Pass> Entered(ValueTask<RateLimitGate.Pass> pass)
    {
        Assert.True(pass.IsCompleted);
        return await pass;
    }
}
