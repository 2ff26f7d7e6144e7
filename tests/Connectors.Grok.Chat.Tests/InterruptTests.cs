using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class InterruptTests
{
    [Fact]
    public void First_press_at_a_prompt_asks_and_the_second_ends_the_process()
    {
        var questions = 0;
        using var interrupt = new Interrupt { AskToExit = () => questions++ };
        Assert.True(interrupt.Press());
        Assert.False(interrupt.Press());
        Assert.Equal((1, 0), (questions, interrupt.Code));
        interrupt.End(interrupt.Begin());
        Assert.True(interrupt.Press());
        Assert.Equal(2, questions);
    }

    [Fact]
    public void First_press_cancels_the_running_operation_and_the_second_ends_the_process()
    {
        using var interrupt = new Interrupt { AskToExit = static () => Assert.Fail("An operation is running.") };
        var running = interrupt.Begin();
        Assert.True(interrupt.Press());
        Assert.True(running.IsCancellationRequested);
        Assert.False(interrupt.Press());
        Assert.Equal(130, interrupt.Code);
        interrupt.End(running);
    }

    [Fact]
    public void Press_ends_the_process_when_nobody_can_be_asked()
    {
        using var interrupt = new Interrupt();
        Assert.False(interrupt.Press());
        Assert.Equal(130, interrupt.Code);
    }
}
