using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>The registered store with a real server.</summary>
public sealed class PostgresRegistrationTests(PostgresServer server)
{
    [Fact]
    public async Task Nodes_registered_by_connection_string_and_by_data_source_share_conversations()
    {
        var schema = server.NewSchema();
        await using var one = CreateNode(c => c.UsePostgres(server.ConnectionString, o => o.Schema = schema));
        await using var two = CreateNode(c =>
        {
            c.Services.AddSingleton(server.Source);
            c.UsePostgres(o => o.Schema = schema);
        });
        var ticket = new ConversationId("", "ticket-4711");
        Assert.IsType<PostgresConversationStore>(one.GetRequiredService<ConversationStore>());

        Assert.True(await one.GetRequiredService<ConversationStore>().AppendAsync(ticket, SomeTurns.Turn("t1"), null, cancellationToken: TestContext.Current.CancellationToken));
        var turns = await two.GetRequiredService<ConversationManager>().GetTurnsAsync("ticket-4711", TestContext.Current.CancellationToken);
        Assert.Equal(["t1"], turns.Select(static t => t.Id));
    }

    [Fact]
    public async Task Provider_and_store_are_disposed_without_waiting_and_twice()
    {
        PostgresConversationStore store;
        using (var node = CreateNode(c => c.UsePostgres(server.ConnectionString, o => o.Schema = server.NewSchema())))
        {
            store = Assert.IsType<PostgresConversationStore>(node.GetRequiredService<ConversationStore>());
            await store.InitializeAsync(TestContext.Current.CancellationToken);
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(new("", "ticket")));
        store.Dispose();
        await store.DisposeAsync();
    }

    private static ServiceProvider CreateNode(Action<GrokConversationsBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new("http://127.0.0.1:1/v1")).AddConversations(configure);
        return services.BuildServiceProvider();
    }
}
