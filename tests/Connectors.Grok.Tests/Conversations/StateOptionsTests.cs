using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Conversations;

public class StateOptionsTests
{
    [Theory]
    [InlineData("TimeProvider", "must be a clock")]
    [InlineData("ServerRetention", "must be longer than zero")]
    [InlineData("RememberedAnswers", "must not be negative")]
    public void An_option_out_of_range_is_named_with_its_rule(string option, string rule)
    {
        var options = new SemanticKernelStateOptions { ServerRetention = TimeSpan.FromTicks(1), RememberedAnswers = 0 };
        using var model = new ScriptedClient();
        Assert.NotNull(model.ForSemanticKernel(options));
        switch (option)
        {
            case "TimeProvider":
                options.TimeProvider = null!;
                break;
            case "ServerRetention":
                options.ServerRetention = TimeSpan.Zero;
                break;
            default:
                options.RememberedAnswers = -1;
                break;
        }

        var e = Assert.Throws<ArgumentException>(() => model.ForSemanticKernel(options));
        Assert.Equal((option, $"SemanticKernelStateOptions.{option} {rule}. (Parameter '{option}')"), (e.ParamName, e.Message));
    }
}
