using Connectors.Grok.Conversations;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>A medium of a store with several sets of conversations, and the floors: the statements or commands that do the least.</summary>
internal abstract class StoreMedium : IAsyncDisposable
{
    public const string Tenant = "tenant";

    /// <summary>When the turns were created.</summary>
    public static DateTimeOffset Begin { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public abstract string Name { get; }

    /// <summary>Opens the store over a set; creates the set when it does not exist.</summary>
    public abstract ConversationStore Open(string set);

    /// <summary>Inserts bytes under a key, as durably as the store does.</summary>
    public abstract Task InsertAsync(byte[] content);

    /// <summary>Inserts the documents and contents of turns into a bare table, in one transaction.</summary>
    public abstract Task InsertAllAsync(IReadOnlyList<ConversationTurn> turns);

    /// <summary>Reads the documents and contents that <see cref="InsertAllAsync"/> inserted last, in order.</summary>
    public abstract Task<int> ReadAllAsync();

    /// <summary>Lets the medium finish what it does later, such as checkpoints.</summary>
    public abstract Task SettleAsync(string set);

    public abstract ValueTask DisposeAsync();

    /// <summary>A turn with a document of the usual size.</summary>
    public static ConversationTurn Turn(string id, string? parent, int depth, byte[] content) => new()
    {
        Id = id,
        ParentId = parent,
        Depth = depth,
        ResponseId = Support.Payloads.Id,
        StoredResponseIds = [Support.Payloads.Id],
        IsStored = true,
        Model = GrokChatClientOptions.DefaultModel,
        CreatedAt = Begin,
        InputTokens = 1_000,
        OutputTokens = 100,
        CostInUsdTicks = 10,
        Content = content,
    };

    public static List<ConversationTurn> Line(string prefix, int count, byte[] content)
    {
        var turns = new List<ConversationTurn>(count);
        for (var i = 0; i < count; i++)
        {
            turns.Add(Turn($"{prefix}{i}", i == 0 ? null : $"{prefix}{i - 1}", i, content));
        }

        return turns;
    }
}
