using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Responses;
using Connectors.Grok.Stores.Tests.Support;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

/// <summary>Small values of a conversation: its totals, its length, its limits, and a turn as JSON.</summary>
public class ConversationValuesTests
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(10, 0, 0.0)]
    [InlineData(10, 5, 0.5)]
    [InlineData(10, 20, 1.0)]
    public void Cached_share_is_between_zero_and_one(int input, int cached, double? share) =>
        Assert.Equal(share, new ConversationTotals { InputTokens = input, CachedInputTokens = cached }.CachedShare);

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(3, null, 3)]
    [InlineData(null, 4, 4)]
    [InlineData(3, 4, 7)]
    [InlineData(-3, 4, 4)]
    [InlineData(3, -4, 3)]
    public void Context_is_the_last_request_with_its_answer(int? input, int? output, long tokens)
    {
        Assert.Equal(tokens, ContextTokens.Of(new ChatResponse { Usage = new() { InputTokenCount = input, OutputTokenCount = output } }));
        // With calls that the service ran, that of the last round counts.
        var rounds = new GrokResponse { Usage = new() { ContextDetails = new() { InputTokens = input, OutputTokens = output } } };
        Assert.Equal(tokens, ContextTokens.Of(new ChatResponse { RawRepresentation = rounds, Usage = new() { InputTokenCount = 500, OutputTokenCount = 500 } }));
    }

    public static TheoryData<ConversationCompaction, string?> Compactions => new()
    {
        { new(), null },
        { new() { Share = 1, Limit = 1, Turns = 1 }, null },
        { new() { Share = null, Limit = null, Turns = null }, null },
        { new() { Share = 0.001 }, null },
        { new() { Share = 0 }, "must have a Share greater than 0 and at most 1, or null" },
        { new() { Share = -1 }, "must have a Share greater than 0 and at most 1, or null" },
        { new() { Share = 1.001 }, "must have a Share greater than 0 and at most 1, or null" },
        { new() { Share = double.NaN }, "must have a Share greater than 0 and at most 1, or null" },
        { new() { Limit = 0 }, "must have a Limit of at least 1, or null" },
        { new() { Turns = 0 }, "must have Turns of at least 1, or null" },
    };

    [Theory]
    [MemberData(nameof(Compactions), DisableDiscoveryEnumeration = true)]
    public void Compaction_out_of_range_is_refused_with_its_rule(ConversationCompaction compaction, string? problem)
    {
        Assert.Equal(problem, compaction.Problem);
        using var inner = new ScriptedClient();
        ConversationChatClient Create() => inner.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { Compaction = compaction });
        if (problem is null)
        {
            Create().Dispose();
        }
        else
        {
            Assert.Equal($"ConversationOptions.Compaction {problem}. (Parameter 'Compaction')", Assert.Throws<ArgumentException>(Create).Message);
        }
    }

    [Fact]
    public void Turn_survives_its_document()
    {
        var turn = SomeTurns.FullTurn("t1") with { CreatedAt = DateTimeOffset.MaxValue, ExpiresAt = DateTimeOffset.MinValue };
        var read = ConversationTurnJson.Read(ConversationTurnJson.Write(turn), turn.Content);
        Assert.Equal(turn with { StoredResponseIds = [] }, read with { StoredResponseIds = [] });
        Assert.Equal(turn.StoredResponseIds, read.StoredResponseIds);
        Assert.Equal("turn", Assert.Throws<ArgumentNullException>(static () => ConversationTurnJson.Write(null!)).ParamName);
    }

    [Theory]
    [InlineData("null", "The document of a turn is null.")]
    [InlineData("{\"id\":\n  7}", "The document of a turn cannot be read: line 2, byte 4.")]
    [InlineData("{\"id\":\"t\",\"created_at\":\"2026\"}", "The document of a turn cannot be read: line 1, byte 30.")]
    [InlineData("{\"id\":\"t\",\"created_at\":-1}", "The document of a turn cannot be read: line 1, byte 26.")]
    [InlineData("{\"id\":\"t\",\"created_at\":9223372036854775807}", "The document of a turn cannot be read: line 1, byte 43.")]
    public void Document_that_is_no_turn_says_where(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => ConversationTurnJson.Read(Encoding.UTF8.GetBytes(json), default)).Message);
}
