using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>SQLite on a disk that gets full.</summary>
internal sealed class SqliteFullDisk(SmallDisk disk) : FaultScenario
{
    private const int Refusals = 20;

    // The disk is to be filled by the fault, not by the turns.
    public override TimeSpan LongestTime => TimeSpan.FromSeconds(20);

    public override ConversationStore Open() => new SqliteConversationStore(Path.Combine(disk.Path, "conversations.db"));

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        disk.Fill();
        await UntilRefusedAsync(ledger, Refusals, TimeSpan.FromSeconds(3));
        disk.Free();
    }

    protected override ValueTask CleanUpAsync()
    {
        disk.Dispose();
        return default;
    }
}
