namespace Connectors.Grok.Tests.Foundation;

public class GrokExceptionTests
{
    private static readonly GrokErrorKind[] Transient = [GrokErrorKind.RateLimit, GrokErrorKind.Server, GrokErrorKind.Connection, GrokErrorKind.Overload];

    [Fact]
    public void IsTransient_follows_the_kind_when_it_is_not_set() =>
        Assert.All(Enum.GetValues<GrokErrorKind>(), static kind => Assert.Equal(Transient.Contains(kind), new GrokException(kind, "Failed.").IsTransient));

    [Fact]
    public void IsTransient_keeps_the_value_that_was_set() =>
        Assert.All(Enum.GetValues<GrokErrorKind>(), static kind => Assert.All([true, false], value => Assert.Equal(value, new GrokException(kind, "Failed.") { IsTransient = value }.IsTransient)));

    [Fact]
    public void Catch_of_GrokException_catches_derived_exceptions()
    {
        try
        {
            throw new BudgetException();
        }
        catch (GrokException e)
        {
            Assert.Equal(GrokErrorKind.ConversationBudget, e.Kind);
        }
    }

    private sealed class BudgetException() : GrokException(GrokErrorKind.ConversationBudget, "The budget is spent.");
}
