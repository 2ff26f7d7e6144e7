using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The primary is killed and stays down, and its standby, which has every acknowledged change, is promoted.</summary>
internal sealed class PostgresFailover(PostgresServer primary, PostgresServer standby) : FaultScenario
{
    private readonly string _schema = primary.NewSchema();
    private readonly NpgsqlDataSource _source = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(primary.ConnectionString)
    {
        Host = $"127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}",

        // How long Npgsql believes that a server is down or a standby.
        HostRecheckSeconds = 1,
    }.ConnectionString).BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite);

    /// <summary>Starts a primary and its standby.</summary>
    public static async Task<PostgresFailover> StartAsync()
    {
        var primary = new PostgresServer();
        await primary.InitializeAsync();
        try
        {
            return new(primary, await primary.CreateStandbyAsync());
        }
        catch
        {
            await primary.DisposeAsync();
            throw;
        }
    }

    public override int MostStrikes => 1;

    public override ConversationStore Open() => new PostgresConversationStore(_source, new() { Schema = _schema });

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        await primary.KillAsync();
        await standby.ControlAsync("promote");
    }

    protected override async ValueTask CleanUpAsync()
    {
        await _source.DisposeAsync();
        await standby.DisposeAsync();
        await primary.DisposeAsync();
    }
}
