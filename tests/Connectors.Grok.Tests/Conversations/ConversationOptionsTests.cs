using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

public class ConversationOptionsTests
{
    public static TheoryData<string, string> Rules => new()
    {
        { nameof(ConversationOptions.TimeProvider), "must be a clock" },
        { nameof(ConversationOptions.ServerRetention), "must be longer than zero" },
        { nameof(ConversationOptions.KeepFor), "must be longer than zero, or null" },
        { nameof(ConversationOptions.Budget), "must not be negative" },
        { nameof(ConversationOptions.MaxImportBytes), "must be at least 1" },
        { nameof(ConversationOptions.HistoryKey), "must have at least 16 bytes, or be null" },
        { nameof(ConversationOptions.ContinuationInstructions), "must be WhenChanged, Never, Always, Throw or Restart" },
        { nameof(ConversationOptions.Conflict), "must be Throw or Fork" },
        { nameof(ConversationOptions.Retention), "must be Everything, Reasoning or Nothing" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Conversation_option_out_of_range_throws_with_its_name_and_rule(string name, string rule)
    {
        var e = Assert.Throws<ArgumentException>(() => With(name, isRight: false));
        Assert.Equal(($"ConversationOptions.{name} {rule}. (Parameter '{name}')", name), (e.Message, e.ParamName));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Conversation_option_at_its_limit_is_accepted(string name, string rule)
    {
        using var client = With(name, isRight: true);
        Assert.NotNull(client.Conversations);
        Assert.NotEmpty(rule);
    }

    [Fact]
    public async Task TimeSpan_MaxValue_is_accepted_as_a_retention()
    {
        using var client = new ScriptedClient(static () => ScriptedClient.Text("1", "r1"), static () => ScriptedClient.Text("2", "r2")).AsConversationClient(
            new InMemoryConversationStore(), new ConversationOptions { ServerRetention = TimeSpan.MaxValue, KeepFor = TimeSpan.MaxValue });
        var options = new ChatOptions { ConversationId = "x" };
        await client.GetResponseAsync("One.", options);
        await client.GetResponseAsync("Two.", options);
        Assert.Equal(0, await client.Conversations.PurgeAsync());
        var turns = await client.Conversations.GetTurnsAsync("x");
        Assert.Equal([DateTimeOffset.MaxValue, DateTimeOffset.MaxValue], turns.Select(static t => t.ExpiresAt));
    }

    [Fact]
    public void ConversationConflictException_names_the_conversation_the_fork_and_the_response()
    {
        var answer = new ChatResponse();
        var e = new ConversationConflictException("ticket-4711", "ticket-4711~1", answer);
        Assert.Equal("Another turn was added to the conversation 'ticket-4711' in the meantime. This one was kept as 'ticket-4711~1': continue there, or ask again.", e.Message);
        Assert.Equal(("ticket-4711", "ticket-4711~1", answer), (e.ConversationId, e.ForkId, e.Response));
    }

    private static ConversationChatClient With(string name, bool isRight)
    {
        var options = new ConversationOptions();
        Action set = name switch
        {
            nameof(options.TimeProvider) => () => options.TimeProvider = isRight ? TimeProvider.System : null!,
            nameof(options.ServerRetention) => () => options.ServerRetention = TimeSpan.FromTicks(isRight ? 1 : 0),
            nameof(options.KeepFor) => () => options.KeepFor = TimeSpan.FromTicks(isRight ? 1 : 0),
            nameof(options.Budget) => () => options.Budget = isRight ? 0m : -0.0000000001m,
            nameof(options.MaxImportBytes) => () => options.MaxImportBytes = isRight ? 1 : 0,
            nameof(options.HistoryKey) => () => options.HistoryKey = new byte[isRight ? 16 : 15],
            nameof(options.ContinuationInstructions) => () => options.ContinuationInstructions = ContinuationInstructions.Restart + (isRight ? 0 : 1),
            nameof(options.Conflict) => () => options.Conflict = ConversationConflict.Fork + (isRight ? 0 : 1),
            _ => () => options.Retention = ConversationRetention.Nothing + (isRight ? 0 : 1),
        };
        set();
        return new ScriptedClient().AsConversationClient(new InMemoryConversationStore(), options);
    }
}
