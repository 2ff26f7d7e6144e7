using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>PostgreSQL, in a schema of its own.</summary>
internal abstract class PostgresScenario(PostgresServer server) : FaultScenario
{
    protected const int Refusals = 10;

    protected static readonly TimeSpan LongestSpell = TimeSpan.FromSeconds(3);

    protected string Schema { get; } = server.NewSchema();

    protected PostgresServer Server => server;

    public override ConversationStore Open() => new PostgresConversationStore(Connection, new() { Schema = Schema });

    public override ConversationStore OpenAfterwards() => new PostgresConversationStore(server.ConnectionString, new() { Schema = Schema });

    protected virtual string Connection => server.ConnectionString;

    /// <summary>Runs statements as an administrator, whom a read-only database does not hinder.</summary>
    protected async Task AdministerAsync(params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Options=-c default_transaction_read_only=off;Pooling=false");
        await using var connection = await source.OpenConnectionAsync();
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
