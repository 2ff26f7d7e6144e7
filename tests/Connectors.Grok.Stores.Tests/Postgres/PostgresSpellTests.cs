using System.Transactions;
using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>A server that is read-only for a while, transactions of the caller, timeouts, and schemas that change under an open store.</summary>
public sealed class PostgresSpellTests(PostgresServer server)
{
    private static readonly ConversationId Ticket = new("", "ticket");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_writes_again_as_soon_as_the_server_does(bool isGiven)
    {
        var connection = await server.NewDatabaseAsync();
        var database = new NpgsqlConnectionStringBuilder(connection).Database!;
        await using var source = NpgsqlDataSource.Create(connection);
        await using var store = isGiven ? new PostgresConversationStore(source) : new(connection);
        await store.Line(Ticket, "t1");

        // Connections of this time stay read-only.
        await server.RunAsync($"alter database {database} set default_transaction_read_only = on");
        await server.RunAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.GetTreeAsync(Ticket).AsTask())));
        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
        Assert.True(error.IsTransient);
        Assert.Contains("read-only", (await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.CheckAsync())).Message, StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.GetTreeAsync(Ticket).AsTask())));

        await server.RunAsync($"alter database {database} reset default_transaction_read_only");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => store.AppendAsync(new("", $"n{i}"), SomeTurns.Turn($"x{i}"), null).AsTask()))), Assert.True);
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
        await store.CheckAsync();
    }

    [Fact]
    public async Task Advice_about_a_read_only_server_works()
    {
        var schema = server.NewSchema();
        await using (var writable = new PostgresConversationStore(server.Source, new() { Schema = schema }))
        {
            await writable.Line(Ticket, "t1");
        }

        var readOnly = server.ConnectionString + ";Options=-c default_transaction_read_only=on";
        await using (var store = new PostgresConversationStore(readOnly, new() { Schema = schema, MaxRetries = 0 }))
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
            Assert.DoesNotContain("Target Session Attributes", error.Message, StringComparison.Ordinal);
        }

        var hosts = server.ConnectionString.Replace("Host=127.0.0.1", "Host=127.0.0.1,127.0.0.1", StringComparison.Ordinal);
        await using (var store = new PostgresConversationStore(hosts + ";Options=-c default_transaction_read_only=on", new() { Schema = schema, MaxRetries = 0 }))
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
            Assert.Contains("Target Session Attributes=read-write", error.Message, StringComparison.Ordinal);
        }

        await using var advised = new PostgresConversationStore(hosts + ";Target Session Attributes=read-write", new() { Schema = schema });
        Assert.True(await advised.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Transaction_of_the_caller_takes_back_no_turn(bool isGiven, bool flows)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        var options = new PostgresConversationStoreOptions { Schema = server.NewSchema() };
        await using var store = isGiven ? new PostgresConversationStore(source, options) : new(server.ConnectionString, options);
        if (flows)
        {
            using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            {
                Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t1"), null));
                Assert.NotNull(Transaction.Current);
                Assert.True(await store.MoveAsync(new("", "fork"), "t1", null));
            }
        }
        else
        {
            // A scope that does not flow ends on the thread on which it began.
            Task<bool> append;
            using (new TransactionScope())
            {
                append = store.AppendAsync(Ticket, SomeTurns.Turn("t1"), null).AsTask();
                Assert.NotNull(Transaction.Current);
            }

            Assert.True(await append);
        }

        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(flows, await store.FindAsync(new("", "fork")) is not null);
    }

    [Theory]
    [InlineData("statement_timeout=300")]
    [InlineData("lock_timeout=300")]
    [InlineData(null)]
    public async Task Timeouts_of_server_and_client_are_transient(string? setting)
    {
        var schema = server.NewSchema();
        await using var store = new PostgresConversationStore(server.ConnectionString + (setting is null ? ";Command Timeout=1" : $";Options=-c {setting}"), new() { Schema = schema });
        await store.Line(Ticket, "t1");
        await using (var other = await server.Source.OpenConnectionAsync())
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand($"update {PostgresServer.Quote(schema)}.conversation_names set updated_ticks = 0", other, transaction);
            await command.ExecuteNonQueryAsync();
            var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
            Assert.True(error.IsTransient, error.ToString());
        }

        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
    }

    [Fact]
    public async Task Dropped_schema_is_reported_and_created_again_only_by_initializing()
    {
        var schema = server.NewSchema();
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.Line(Ticket, "t1");
        await server.RunAsync($"drop schema {PostgresServer.Quote(schema)} cascade");
        foreach (var call in (Func<Task>[])[() => store.FindAsync(Ticket).AsTask(), () => store.AppendAsync(Ticket, SomeTurns.Turn("t1"), null).AsTask(), () => store.CheckAsync().AsTask()])
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
            Assert.Contains("was dropped", error.Message, StringComparison.Ordinal);
            Assert.Contains("InitializeAsync", error.Message, StringComparison.Ordinal);
        }

        await store.InitializeAsync();
        Assert.Null(await store.FindAsync(Ticket));
        await store.Line(Ticket, "t1");
    }

    [Fact]
    public async Task Open_store_refuses_to_work_after_a_newer_build_upgraded_the_schema()
    {
        var schema = server.NewSchema();
        var q = PostgresServer.Quote(schema);
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.Line(Ticket, "t1");

        // As a step from one version to the next does.
        await server.RunAsync($"alter table {q}.conversation_names rename to names; alter table {q}.conversation_turns rename to turns3; update {q}.schema_version set version = 3");
        foreach (var call in (Func<Task>[])[
            () => store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1").AsTask(), () => store.MoveAsync(Ticket, null, "t1").AsTask(), () => store.DeleteAsync(Ticket).AsTask(),
            () => store.FindAsync(Ticket).AsTask(), () => store.CheckAsync().AsTask(), () => store.InitializeAsync().AsTask()])
        {
            Assert.Contains("newer version", (await Assert.ThrowsAsync<ConversationStoreException>(call)).Message, StringComparison.Ordinal);
        }

        await using var command = server.Source.CreateCommand($"select count(*) from {q}.turns3");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Schema_made_by_an_administrator_needs_no_right_on_the_database()
    {
        var (schema, other) = (server.NewSchema(), server.NewSchema());
        var role = $"tenant_{Guid.NewGuid():N}";
        await server.RunAsync($"create role {role} login; create schema {PostgresServer.Quote(schema)}; grant usage, create on schema {PostgresServer.Quote(schema)} to {role}");
        await using var store = new PostgresConversationStore(server.ConnectionString + $";Username={role}", new() { Schema = schema });
        await store.Line(Ticket, "t1");
        await store.CheckAsync();

        // What the messages advise is enough.
        await using var without = new PostgresConversationStore(server.ConnectionString + $";Username={role}", new() { Schema = other });
        await FollowAdviceAsync(without, "create schema");
        await without.Line(Ticket, "t1");
        var third = server.NewSchema();
        await server.RunAsync($"create schema {PostgresServer.Quote(third)}");
        await using var bare = new PostgresConversationStore(server.ConnectionString + $";Username={role}", new() { Schema = third });
        await FollowAdviceAsync(bare, "grant usage");
        await FollowAdviceAsync(bare, "grant usage, create");
        await bare.Line(Ticket, "t1");
    }

    [Fact]
    public async Task Check_fails_without_the_right_to_write()
    {
        var schema = server.NewSchema();
        var q = PostgresServer.Quote(schema);
        var role = $"reader_{Guid.NewGuid():N}";
        await using (var owner = new PostgresConversationStore(server.Source, new() { Schema = schema }))
        {
            await owner.Line(Ticket, "t1");
        }

        await server.RunAsync($"create role {role} login; grant usage on schema {q} to {role}; grant select on all tables in schema {q} to {role}");
        await using var store = new PostgresConversationStore(server.ConnectionString + $";Username={role}", new() { Schema = schema });
        Assert.NotNull(await store.FindAsync(Ticket));
        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.CheckAsync());
        Assert.Contains("privilege", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task Names_of_schemas_are_measured_in_bytes()
    {
        var name = new string('ä', 31);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PostgresConversationStore(server.Source, new() { Schema = name + "ä" }));
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = name + "x" });
        await using var another = new PostgresConversationStore(server.Source, new() { Schema = name + "y" });
        await store.Line(Ticket, "t1");
        Assert.Null(await another.FindAsync(Ticket));
    }

    private async Task FollowAdviceAsync(PostgresConversationStore store, string begin)
    {
        var message = (await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.InitializeAsync())).Message;
        Assert.Contains("Run: " + begin, message, StringComparison.Ordinal);
        await server.RunAsync(message[(message.IndexOf("Run: ", StringComparison.Ordinal) + 5)..(message.LastIndexOf(';') + 1)]);
    }
}
