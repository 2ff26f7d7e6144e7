using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>All processes of the server are killed, and it is started again.</summary>
internal sealed class PostgresKilled(PostgresServer server) : PostgresScenario(server)
{
    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        await Server.KillAsync();
        await Server.ControlAsync("start");
    }
}
