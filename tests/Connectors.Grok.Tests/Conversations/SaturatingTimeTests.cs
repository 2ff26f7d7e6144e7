using Connectors.Grok.Conversations;

namespace Connectors.Grok.Tests.Conversations;

public class SaturatingTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Later_returns_MaxValue_when_the_sum_exceeds_it()
    {
        var rest = DateTimeOffset.MaxValue - Now;
        Assert.Equal(Now.AddDays(30), Now.Later(TimeSpan.FromDays(30)));
        Assert.Equal(DateTimeOffset.MaxValue, Now.Later(rest));
        Assert.Equal(DateTimeOffset.MaxValue, Now.Later(rest + TimeSpan.FromTicks(1)));
        Assert.Equal(DateTimeOffset.MaxValue.AddTicks(-1), Now.Later(rest - TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Earlier_returns_MinValue_when_the_difference_is_below_it()
    {
        var rest = Now - DateTimeOffset.MinValue;
        Assert.Equal(Now.AddDays(-30), Now.Earlier(TimeSpan.FromDays(30)));
        Assert.Equal(DateTimeOffset.MinValue, Now.Earlier(rest));
        Assert.Equal(DateTimeOffset.MinValue, Now.Earlier(rest + TimeSpan.FromTicks(1)));
        Assert.Equal(DateTimeOffset.MinValue.AddTicks(1), Now.Earlier(rest - TimeSpan.FromTicks(1)));
    }
}
