using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The tables are on a disk that gets full.</summary>
internal sealed class PostgresFullDisk(PostgresServer server, SmallDisk disk) : PostgresScenario(server)
{
    private const string Tablespace = "small_disk";

    public override TimeSpan LongestTime => TimeSpan.FromSeconds(20);

    protected override string Connection => base.Connection + $";Options=-c default_tablespace={Tablespace}";

    /// <summary>Creates the tablespace; unmounts the disk when that fails.</summary>
    public async Task<PostgresFullDisk> CreateTablespaceAsync()
    {
        var folder = Path.Combine(disk.Path, "tables");
        try
        {
            Directory.CreateDirectory(folder);
            Assert.True(Programs.Run("chown", "postgres", folder));
            await AdministerAsync($"create tablespace {Tablespace} location '{folder}'");
            return this;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        disk.Fill();
        await UntilRefusedAsync(ledger, Refusals, LongestSpell);
        disk.Free();
    }

    protected override async ValueTask CleanUpAsync()
    {
        await AdministerAsync($"drop schema \"{Schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\" cascade", $"drop tablespace {Tablespace}");
        disk.Dispose();
    }
}
