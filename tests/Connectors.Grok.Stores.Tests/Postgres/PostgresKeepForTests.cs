using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>Nodes with pools of their own that find a conversation expired at the same time.</summary>
public sealed class PostgresKeepForTests(PostgresServer server)
{
    [Fact]
    public async Task Nodes_that_find_a_conversation_expired_at_the_same_time_keep_every_acknowledged_turn()
    {
        const int Nodes = 4, Rounds = 12;
        var clock = new StepClock();
        var schema = server.NewSchema();
        var stores = Enumerable.Range(0, Nodes).Select(_ => new PostgresConversationStore($"{server.ConnectionString};Maximum Pool Size=3", new() { Schema = schema, TimeProvider = clock })).ToList();
        var clients = stores.Select(store => new EchoClient().AsConversationClient(
            store, new ConversationOptions { TimeProvider = clock, KeepFor = TimeSpan.FromHours(1), Conflict = ConversationConflict.Fork })).ToList();
        await Task.WhenAll(clients.Select(static (c, i) => AskAsync(c, $"warm-up {i}", $"node {i}")));
        await AskAsync(clients[0], "ticket", "Before.");

        var (lost, found) = (new List<string>(), 0);
        for (var round = 0; round < Rounds; round++)
        {
            clock.Advance(TimeSpan.FromHours(2));
            var answers = await Task.WhenAll(clients.Select((c, i) => Task.Run(() => AskAsync(c, "ticket", $"Round {round}, node {i}."))));
            foreach (var answer in answers)
            {
                var turns = await clients[0].Conversations.GetTurnsAsync(answer.ConversationId!, TestContext.Current.CancellationToken);
                var turn = turns.SingleOrDefault(t => t.Id == answer.GetTurnId());
                (lost, found) = turn is null ? ([.. lost, answer.Text], found) : (lost, found + 1);
            }
        }

        Assert.Empty(lost);
        Assert.Equal(Nodes * Rounds, found);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    private static Task<ChatResponse> AskAsync(ConversationChatClient client, string conversation, string text) =>
        client.GetResponseAsync(text, new ChatOptions { ConversationId = conversation }, TestContext.Current.CancellationToken);
}
