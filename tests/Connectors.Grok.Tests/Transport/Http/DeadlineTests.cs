using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class DeadlineTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Disposed_deadline_leaves_no_timer()
    {
        var deadline = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout, o.StreamIdleTimeout) = (_time, TimeSpan.FromHours(1), TimeSpan.FromMinutes(1))), null, default);
        deadline.Wait();
        Assert.True(_time.Waits(TimeSpan.FromMinutes(1)));
        deadline.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));
        Assert.Throws<ObjectDisposedException>(() => deadline.Token);
    }

    [Fact]
    public void Deadline_with_only_a_timeout_or_only_an_idle_timeout_leaves_no_timer()
    {
        var total = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout) = (_time, TimeSpan.FromHours(1))), null, default);
        Assert.True(_time.Waits(TimeSpan.FromHours(1)));
        total.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));

        var idle = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout) = (_time, Timeout.InfiniteTimeSpan)), null, default);
        idle.Wait();
        Assert.True(_time.Waits(TimeSpan.FromHours(1)));
        idle.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Progress_timeout_passes_although_bytes_arrive()
    {
        using var deadline = new Deadline(Some.Settings(o => (o.TimeProvider, o.StreamIdleTimeout, o.StreamProgressTimeout) = (_time, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5))), null, default);
        deadline.Wait();
        for (var minute = 0; minute < 4; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            deadline.WaitOn();
        }

        Assert.False(deadline.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.True(deadline.HasIdled);
        Assert.Contains("StreamProgressTimeout", deadline.Explain(new IOException("gone")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Call_continues_after_an_idle_timeout_until_its_own_timeout_or_cancellation(bool isCancelled)
    {
        using var caller = new CancellationTokenSource();
        using var deadline = new Deadline(Some.Settings(o => (o.TimeProvider, o.StreamIdleTimeout, o.Timeout) = (_time, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5))), "my-id", caller.Token);
        deadline.Wait();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.True(deadline.TryContinue());
        Assert.False(deadline.Token.IsCancellationRequested);
        if (isCancelled)
        {
            caller.Cancel();
        }
        else
        {
            _time.Advance(TimeSpan.FromMinutes(3));
        }

        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.False(deadline.TryContinue());
        var end = deadline.Explain(new OperationCanceledException());
        Assert.Equal(isCancelled ? typeof(OperationCanceledException) : typeof(GrokException), end.GetType());
        Assert.Equal(isCancelled ? null : "my-id", (end as GrokException)?.ClientRequestId);
    }
}
