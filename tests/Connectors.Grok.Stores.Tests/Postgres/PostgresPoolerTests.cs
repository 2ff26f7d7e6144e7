using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>The store behind pgbouncer in transaction mode, where each transaction may run on another connection.</summary>
public sealed class PostgresPoolerTests(PostgresServer server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_answers_every_call_rightly_behind_a_pooler(bool prepares)
    {
        await using var bouncer = await PgBouncer.StartAsync(server);
        await using var store = new PostgresConversationStore(bouncer.ConnectionString, new() { Schema = server.NewSchema(), Prepare = prepares });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => UseAsync(store, i))));
        Assert.Equal(6, await store.PurgeAsync(DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task Data_source_of_the_application_works_behind_a_pooler()
    {
        await using var bouncer = await PgBouncer.StartAsync(server);
        await using var source = NpgsqlDataSource.Create(bouncer.ConnectionString);
        await using var store = new PostgresConversationStore(source, new() { Schema = server.NewSchema() });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => UseAsync(store, i))));
    }

    [Fact]
    public async Task Automatic_preparation_behind_a_pooler_is_refused()
    {
        await using var bouncer = await PgBouncer.StartAsync(server);
        await using var store = new PostgresConversationStore(bouncer.ConnectionString + ";Max Auto Prepare=20", new() { Schema = server.NewSchema() });
        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.FindAsync(new("", "ticket")));
        Assert.Contains("Max Auto Prepare=0", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);

        // Without a pooler it is the application's to decide.
        await using var direct = new PostgresConversationStore(server.ConnectionString + ";Max Auto Prepare=20", new() { Schema = server.NewSchema() });
        await UseAsync(direct, 0);
    }

    [Fact]
    public async Task Lost_prepared_statement_is_explained()
    {
        // One connection, which the test uses as well.
        await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Maximum Pool Size=1;No Reset On Close=true");
        await using var store = new PostgresConversationStore(source, new() { Schema = server.NewSchema(), Prepare = true });
        ConversationId ticket = new("", "ticket");
        await store.Line(ticket, "t1", "t2");
        await using (var command = source.CreateCommand("deallocate all"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(ticket, SomeTurns.Turn("t3", "t2", 2), "t2"));
        Assert.Contains("Prepare = false", error.Message, StringComparison.Ordinal);
        Assert.Contains("pooler", error.Message, StringComparison.Ordinal);
    }

    private static async Task UseAsync(PostgresConversationStore store, int user)
    {
        ConversationId id = new("", $"ticket{user}"), fork = new("", $"fork{user}");
        List<ConversationTurn> line = [];
        for (var i = 0; i < 20; i++)
        {
            var turn = line.Count == 0 ? SomeTurns.Turn($"{user}-0") : line[^1].After($"{user}-{i}");
            Assert.True(await store.AppendAsync(id, turn with { Fingerprint = turn.Id }, line.LastOrDefault()?.Id));
            line.Add(turn);
            Assert.Equal(turn.Id, (await store.FindAsync(id))!.Head);
            Assert.Equal(line.Count, (await store.GetTreeAsync(id)).Count);
            Assert.Equal(line.Count, (await store.GetPathAsync("", turn.Id)).Count);
            Assert.Equal(turn.Id, (await store.LookUpAsync(id, new() { Fingerprints = [turn.Id] }))!.Match!.Id);
            Assert.Contains(await store.ListAsync(new() { Tenant = "" }), n => n.Id == id);
        }

        Assert.True(await store.ImportAsync(fork, [SomeTurns.Turn($"{user}-imported")], $"{user}-imported"));
        Assert.Single(await store.DeleteAsync(fork));
        if (user % 2 == 0)
        {
            Assert.True(await store.MoveAsync(fork, line[9].Id, null));
            Assert.Equal(10, (await store.DeleteAsync(id)).Count);
            Assert.Equal(10, (await store.DeleteAsync(fork)).Count);
        }
    }
}
