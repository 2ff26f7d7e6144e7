using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

public class HistoryTrackingOptionsTests
{
    [Fact]
    public async Task TimeSpan_MaxValue_is_accepted_as_a_retention()
    {
        using var model = new ScriptedClient(static () => ScriptedClient.Text("1", "r1"), static () => ScriptedClient.Text("2", "r2"));
        var client = model.AsHistoryTrackingClient(new HistoryTrackingOptions { ServerRetention = TimeSpan.MaxValue });
        List<ChatMessage> history = [new(ChatRole.User, "One.")];
        history.AddMessages(await client.GetResponseAsync(history));
        history.Add(new(ChatRole.User, "Two."));
        await client.GetResponseAsync(history);
        Assert.Equal("r1", model.Sent[1].Options!.ConversationId);
    }

    [Theory]
    [InlineData("TimeProvider", "must be a clock")]
    [InlineData("ServerRetention", "must be longer than zero")]
    [InlineData("RememberedAnswers", "must not be negative")]
    public void History_tracking_option_out_of_range_throws_with_its_name_and_rule(string option, string rule)
    {
        var options = new HistoryTrackingOptions { ServerRetention = TimeSpan.FromTicks(1), RememberedAnswers = 0 };
        using var model = new ScriptedClient();
        Assert.NotNull(model.AsHistoryTrackingClient(options));
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

        var e = Assert.Throws<ArgumentException>(() => model.AsHistoryTrackingClient(options));
        Assert.Equal((option, $"HistoryTrackingOptions.{option} {rule}. (Parameter '{option}')"), (e.ParamName, e.Message));
    }
}
