using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class DeadlineTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Disposed_deadline_leaves_no_timer()
    {
        var deadline = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout, o.StreamIdleTimeout) = (_time, TimeSpan.FromHours(1), TimeSpan.FromMinutes(1))), default);
        deadline.Wait();
        Assert.True(_time.Waits(TimeSpan.FromMinutes(1)));
        deadline.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));
        Assert.Throws<ObjectDisposedException>(() => deadline.Token);
    }

    [Fact]
    public void Deadline_with_only_a_timeout_or_only_an_idle_timeout_leaves_no_timer()
    {
        var total = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout) = (_time, TimeSpan.FromHours(1))), default);
        Assert.True(_time.Waits(TimeSpan.FromHours(1)));
        total.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));

        var idle = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout) = (_time, Timeout.InfiniteTimeSpan)), default);
        idle.Wait();
        Assert.True(_time.Waits(TimeSpan.FromHours(1)));
        idle.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));
    }
}
