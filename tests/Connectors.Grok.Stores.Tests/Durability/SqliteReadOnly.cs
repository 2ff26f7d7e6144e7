using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A SQLite file that cannot be written for a while, not even by processes that have it open already.</summary>
internal sealed class SqliteReadOnly(TempFolder folder) : FaultScenario
{
    private const int Refusals = 20;

    private readonly string _file = folder.NewFile();

    /// <summary>Whether this file system has files that nobody can write, and this process may make them so.</summary>
    public static bool IsPossible(TempFolder folder)
    {
        var file = folder.NewFile();
        File.WriteAllText(file, "");
        return OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Programs.Run("chattr", "+i", file) && Programs.Run("chattr", "-i", file);
    }

    public override ConversationStore Open() => new SqliteConversationStore(_file);

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        string[] files = [_file, _file + "-wal"];
        Assert.True(Programs.Run("chattr", ["+i", .. files]));
        try
        {
            await UntilRefusedAsync(ledger, Refusals, TimeSpan.FromSeconds(3));
        }
        finally
        {
            Assert.True(Programs.Run("chattr", ["-i", .. files]));
        }
    }

    protected override ValueTask CleanUpAsync()
    {
        folder.Dispose();
        return default;
    }
}
