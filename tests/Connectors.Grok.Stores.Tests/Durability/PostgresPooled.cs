using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A pooler in transaction mode, with the default options of the store; it is killed and started again.</summary>
internal sealed class PostgresPooled(PostgresServer server, PgBouncer pooler) : PostgresScenario(server)
{
    protected override string Connection => pooler.ConnectionString;

    public override Task StrikeAsync(Ledger ledger, Random random) => pooler.RestartAsync();

    protected override ValueTask CleanUpAsync() => pooler.DisposeAsync();
}
