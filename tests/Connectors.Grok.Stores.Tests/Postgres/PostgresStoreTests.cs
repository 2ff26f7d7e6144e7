using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Postgres;
using Connectors.Grok.Stores.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Connectors.Grok.Stores.Tests.Postgres;

public sealed class PostgresStoreTests(PostgresServer server) : StoreContract
{
    protected override ValueTask<ConversationStore> Create(TimeProvider? time = null) =>
        new(new PostgresConversationStore(server.Source, new() { Schema = server.NewSchema(), TimeProvider = time ?? TimeProvider.System }));
}

public sealed class PostgresDurabilityTests(PostgresServer server) : DurabilityContract
{
    protected override ValueTask<(string Kind, string Medium)> Create() => new(("postgres", $"{server.NewSchema()}|{server.ConnectionString};Maximum Pool Size=3"));

    protected override ConversationStore Open(string medium) => PostgresServer.Open(medium);
}
