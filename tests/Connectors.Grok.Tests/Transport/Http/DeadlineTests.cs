using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class DeadlineTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_call_that_has_ended_leaves_nothing_behind()
    {
        var deadline = new Deadline(Some.Settings(o => (o.TimeProvider, o.Timeout, o.StreamIdleTimeout) = (_time, TimeSpan.FromHours(1), TimeSpan.FromMinutes(1))), default);
        deadline.Wait();
        Assert.True(_time.Waits(TimeSpan.FromMinutes(1)));
        deadline.Dispose();
        Assert.False(_time.Waits(TimeSpan.FromHours(1)));
        Assert.Throws<ObjectDisposedException>(() => deadline.Token);
    }

    [Fact]
    public void Neither_its_timeout_nor_its_silence_is_waited_for_alone()
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
