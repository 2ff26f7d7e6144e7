using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The connections are cut, some of them after the server did what it was told and before anyone learns of it.</summary>
internal sealed class PostgresCut(PostgresServer server) : PostgresScenario(server)
{
    private const int Cuts = 6;

    private readonly CuttingProxy _proxy = new(server.Port);

    protected override string Connection => new NpgsqlConnectionStringBuilder(base.Connection) { Port = _proxy.Port }.ConnectionString;

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        for (var cut = 0; cut < Cuts; cut++)
        {
            await _proxy.CutAsync(TimeSpan.FromMilliseconds(cut % 2 == 0 ? 0 : random.Next(5, 30)));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 150)), TimeProvider.System);
        }
    }

    protected override ValueTask CleanUpAsync() => _proxy.DisposeAsync();
}
