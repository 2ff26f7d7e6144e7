using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Sqlite;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<SqliteConversationStore> _stores = [];

    public void Dispose()
    {
        _stores.ForEach(static s => s.Dispose());
        _folder.Dispose();
    }

    protected override ValueTask<ConversationStore> Create(TimeProvider? time = null)
    {
        _stores.Add(new(_folder.NewFile(), new() { TimeProvider = time ?? TimeProvider.System }));
        return new(_stores[^1]);
    }
}

public sealed class SqliteDurabilityTests : DurabilityContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override ValueTask<(string Kind, string Medium)> Create() => new(("sqlite", _folder.NewFile()));

    protected override ConversationStore Open(string medium) => new SqliteConversationStore(medium);
}
