using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Stores.Tests.Redis;

/// <summary>The registered store with a real cluster.</summary>
public sealed class RedisRegistrationTests(RedisCluster cluster)
{
    [Fact]
    public async Task Nodes_registered_by_configuration_and_by_connection_share_conversations()
    {
        var prefix = cluster.NewPrefix();
        await using var one = CreateNode(c => c.UseRedis(cluster.ConnectionString, o => o.KeyPrefix = prefix));
        await using var two = CreateNode(c =>
        {
            c.Services.AddSingleton(cluster.Connection);
            c.UseRedis(o => o.KeyPrefix = prefix);
        });
        var ticket = new ConversationId("", "ticket-4711");
        Assert.IsType<RedisConversationStore>(one.GetRequiredService<ConversationStore>());

        Assert.True(await one.GetRequiredService<ConversationStore>().AppendAsync(ticket, SomeTurns.Turn("t1"), null, cancellationToken: TestContext.Current.CancellationToken));
        var turns = await two.GetRequiredService<ConversationManager>().GetTurnsAsync("ticket-4711", TestContext.Current.CancellationToken);
        Assert.Equal(["t1"], turns.Select(static t => t.Id));
    }

    private static ServiceProvider CreateNode(Action<GrokConversationsBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new("http://127.0.0.1:1/v1")).AddConversations(configure);
        return services.BuildServiceProvider();
    }
}
