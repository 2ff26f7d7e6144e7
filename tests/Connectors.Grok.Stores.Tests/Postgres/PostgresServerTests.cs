using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>Faulty servers: the exception messages say what to do, and nothing is partially written.</summary>
public sealed class PostgresServerTests(PostgresServer server)
{
    private static readonly ConversationId Ticket = new("", "ticket");

    [Fact]
    public async Task Unreachable_server_throws_transient_store_exception()
    {
        await using var store = new PostgresConversationStore("Host=127.0.0.1;Port=1;Username=grok;Database=postgres", new() { MaxRetries = 1 });
        await AssertFailsAsync(store, isTransient: true, "cannot be reached");
    }

    [Fact]
    public async Task Rejected_connection_and_invalid_options_throw_with_the_reason()
    {
        await AssertFailsAsync(new(server.ConnectionString + ";Database=nowhere"), isTransient: false, "no database of that name");
        await AssertFailsAsync(new(server.ConnectionString + ";Username=nobody"), isTransient: false, "credentials");
        Assert.Throws<ArgumentNullException>(() => new PostgresConversationStore((string)null!));
        Assert.Throws<ArgumentException>(() => new PostgresConversationStore(server.Source, new() { Schema = "" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PostgresConversationStore(server.Source, new() { Schema = new('x', 64) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PostgresConversationStore(server.Source, new() { MaxRetries = -1 }));
    }

    [Fact]
    public async Task Read_only_server_allows_reads_and_throws_on_writes()
    {
        var schema = server.NewSchema();
        await CreateStoredAsync(schema);
        await using var store = new PostgresConversationStore(server.ConnectionString + ";Options=-c default_transaction_read_only=on", new() { Schema = schema, MaxRetries = 1 });
        Assert.Single(await store.GetPathAsync("", "t1"));
        foreach (var call in Writes(store))
        {
            Assert.Contains("read-only", (await Assert.ThrowsAsync<ConversationStoreException>(call)).Message, StringComparison.Ordinal);
        }

        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        await AssertFailsAsync(new(server.ConnectionString + ";Options=-c default_transaction_read_only=on", new() { Schema = server.NewSchema(), MaxRetries = 1 }), isTransient: true, "read-only");
    }

    [Fact]
    public async Task Newer_schema_version_is_rejected()
    {
        var schema = server.NewSchema();
        await CreateStoredAsync(schema);
        await RunAsync($"update {Quote(schema)}.schema_version set version = 999");
        await AssertFailsAsync(new(server.ConnectionString, new() { Schema = schema }), isTransient: false, "newer version", "Update the package");
    }

    [Fact]
    public async Task Existing_schema_requires_no_create_privilege()
    {
        var schema = server.NewSchema();
        await CreateStoredAsync(schema);
        await RunAsync("create role app login connection limit 1");
        await AssertFailsAsync(new(server.ConnectionString + ";Username=app", new() { Schema = schema }), isTransient: false, "Grant");
        await RunAsync($"grant usage on schema {Quote(schema)} to app; grant select, insert, update, delete on all tables in schema {Quote(schema)} to app");
        await using var store = new PostgresConversationStore(server.ConnectionString + ";Username=app;Maximum Pool Size=1", new() { Schema = schema });
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
        Assert.Equal(2, (await store.DeleteAsync(Ticket)).Count);

        // The one connection of the role is in use now.
        await AssertFailsAsync(new(server.ConnectionString + ";Username=app;Application Name=second", new() { Schema = schema, MaxRetries = 1 }), isTransient: true, "out of connections");
    }

    [Fact]
    public async Task Command_timeout_and_cancellation_throw_and_store_no_turn()
    {
        var schema = server.NewSchema();
        await CreateStoredAsync(schema);
        await using var store = new PostgresConversationStore(server.ConnectionString + ";Command Timeout=1", new() { Schema = schema });
        await using (var other = await server.Source.OpenConnectionAsync())
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand($"update {Quote(schema)}.conversation_names set updated_ticks = 0", other, transaction);
            await command.ExecuteNonQueryAsync();
            var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
            Assert.True(error.IsTransient);
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1", cancellationToken: cancellation.Token));
        }

        Assert.Null(await store.GetTurnAsync("", "t2"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
    }

    [Fact]
    public async Task Store_retries_serialization_failures()
    {
        await using var store = new PostgresConversationStore(server.ConnectionString + ";Options=-c default_transaction_isolation=serializable", new() { Schema = server.NewSchema(), MaxRetries = 50 });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => StoreContract.AppendWithRetryAsync(store, Ticket, $"w{i}"))));
        Assert.Equal(12, (await store.DeleteAsync(Ticket)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_works_with_and_without_prepared_statements(bool prepares)
    {
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = server.NewSchema(), Prepare = prepares });
        await store.Line(Ticket, "t1", "t2");
        Assert.Equal(2, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Long_ids_are_stored_under_keys_of_32_bytes()
    {
        var schema = server.NewSchema();
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.Line(new(new('t', 10_000), new('n', 10_000)), new string('i', 10_000));
        await using var command = server.Source.CreateCommand($"select max(length(key)), max(length(owner)) from {Quote(schema)}.conversation_turns");
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());
        Assert.Equal((32, 32), (rows.GetInt32(0), rows.GetInt32(1)));
    }

    private async Task CreateStoredAsync(string schema)
    {
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.Line(Ticket, "t1");
    }

    private static string Quote(string schema) => '"' + schema.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private async Task RunAsync(string sql)
    {
        await using var command = server.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static Func<Task>[] Writes(PostgresConversationStore store) =>
    [
        () => store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1").AsTask(),
        () => store.MoveAsync(Ticket, null, "t1").AsTask(),
        () => store.DeleteAsync(Ticket).AsTask(),
        () => store.PurgeAsync(DateTimeOffset.MaxValue).AsTask(),
    ];

    private static async Task AssertFailsAsync(PostgresConversationStore store, bool isTransient, params string[] words)
    {
        await using (store)
        {
            foreach (var call in Writes(store).Append(() => store.InitializeAsync().AsTask()).Append(() => store.FindAsync(Ticket).AsTask()))
            {
                var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
                Assert.All(words, w => Assert.Contains(w, error.Message, StringComparison.Ordinal));
                Assert.Equal(isTransient, error.IsTransient);
            }
        }
    }
}
