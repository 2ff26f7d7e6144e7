using System.Text;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>Creates turns for tests.</summary>
internal static class SomeTurns
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static ConversationTurn Turn(string id, string? parent = null, int depth = 0, string? content = null) => new()
    {
        Id = id,
        ParentId = parent,
        Depth = depth,
        IsStored = true,
        CreatedAt = Noon,
        Content = Encoding.UTF8.GetBytes(content ?? $$"""{"said":"{{id}}"}"""),
    };

    public static ConversationTurn After(this ConversationTurn parent, string id) => Turn(id, parent.Id, parent.Depth + 1);

    public static ConversationTurn FullTurn(string id) => new()
    {
        Id = id,
        Depth = 0,
        ResponseId = "resp-3",
        StoredResponseIds = ["resp-1", "resp \"2\" ü\n", "resp-3"],
        IsStored = true,
        IsRebuilt = true,
        Model = "grok-4.3",
        CreatedAt = Noon.AddTicks(1),
        ExpiresAt = Noon.AddDays(30).AddTicks(3),
        InstructionsHash = "abc",
        InputTokens = 1L << 40,
        OutputTokens = 2,
        CostInUsdTicks = 3,
        TotalCostInUsdTicks = long.MaxValue,
        Content = new byte[] { 0, 1, 0xFF, (byte)'{', 0 },
    };

    /// <summary>Appends a sequence of turns to a new conversation, and returns them.</summary>
    public static async Task<List<ConversationTurn>> Line(this ConversationStore store, ConversationId id, params string[] turns)
    {
        var appended = new List<ConversationTurn>();
        foreach (var turn in turns)
        {
            appended.Add(appended.Count == 0 ? Turn(turn) : appended[^1].After(turn));
            Assert.True(await store.AppendAsync(id, appended[^1], appended[^1].ParentId));
        }

        return appended;
    }
}
