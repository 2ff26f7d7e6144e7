using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;
using NpgsqlTypes;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>A schema that a build with version 1 wrote: upgraded once in one transaction, and closed to that build.</summary>
public sealed class PostgresUpgradeTests(PostgresServer server)
{
    [Fact]
    public async Task An_upgraded_schema_holds_every_turn_as_it_was()
    {
        var schema = await OldSchemaAsync();
        await using (var store = new PostgresConversationStore(server.Source, new() { Schema = schema }))
        {
            await Version1.IsWholeAsync(store);
        }

        // A second store finds nothing to do.
        await using var second = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await Version1.IsWholeAsync(second);
        Assert.Equal(2, await ScalarAsync($"select version from {Quoted(schema)}.schema_version"));
        await Version1.KnowsItsForkAsync(second);
        ConversationId ticket = new("acme", "ticket-4711");
        var head = (await second.LookUpAsync(ticket, null))!.Head!;
        Assert.True(await second.AppendAsync(ticket, head.After("next"), head.Id));
        Assert.Equal(["next"], (await second.GetPathAsync("acme", "next")).Skip(2).Select(static t => t.Id));
    }

    [Fact]
    public async Task Many_that_open_an_old_schema_at_once_upgrade_it_once()
    {
        var schema = await OldSchemaAsync();
        var stores = Enumerable.Range(0, 8).Select(_ => new PostgresConversationStore(server.Source, new() { Schema = schema })).ToList();
        await Task.WhenAll(stores.Select(s => Task.Run(() => s.InitializeAsync().AsTask())));
        await Version1.IsWholeAsync(stores[^1]);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_upgrade_that_fails_changes_nothing()
    {
        var schema = await OldSchemaAsync();
        await RunAsync($"create table {Quoted(schema)}.conversation_turns (id integer)");
        await using (var store = new PostgresConversationStore(server.Source, new() { Schema = schema }))
        {
            await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.InitializeAsync());
        }

        Assert.Equal(1, await ScalarAsync($"select version from {Quoted(schema)}.schema_version"));
        Assert.Equal(16, await ScalarAsync($"select count(response)::integer from {Quoted(schema)}.turns"));
        await RunAsync($"drop table {Quoted(schema)}.conversation_turns");
        await using var again = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await Version1.IsWholeAsync(again);
    }

    [Fact]
    public async Task An_upgrade_keeps_what_was_granted()
    {
        var schema = await OldSchemaAsync();
        var q = Quoted(schema);
        await RunAsync($"create role granted login; grant usage on schema {q} to granted; grant select, insert, update, delete on all tables in schema {q} to granted");
        await using (var owner = new PostgresConversationStore(server.Source, new() { Schema = schema }))
        {
            await owner.InitializeAsync();
        }

        await using var store = new PostgresConversationStore(server.ConnectionString + ";Username=granted", new() { Schema = schema });
        await Version1.IsWholeAsync(store);
        await Version1.KnowsItsForkAsync(store);
    }

    [Fact]
    public async Task Statements_of_the_old_build_fail_and_change_nothing()
    {
        var schema = await OldSchemaAsync();
        await using var old = await server.Source.OpenConnectionAsync();
        var (name, head) = await KeysAsync(schema);
        var prepared = new List<NpgsqlCommand>();
        foreach (var sql in OldStatements(Quoted(schema)))
        {
            // They do run on the schema as it is.
            await using var transaction = await old.BeginTransactionAsync();
            var command = Command(old, sql, name, head);
            await command.PrepareAsync();
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
            await transaction.RollbackAsync();
            prepared.Add(command);
        }

        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.InitializeAsync();
        foreach (var command in prepared.Concat(OldStatements(Quoted(schema)).Select(sql => Command(old, sql, name, head))))
        {
            var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.UndefinedTable, error.SqlState);
            await command.DisposeAsync();
        }

        await Version1.IsWholeAsync(store);
    }

    /// <summary>What the build of version 1 writes with: append and move with and without an expected head, delete.</summary>
    private static IEnumerable<string> OldStatements(string s)
    {
        var first = $"""
            insert into {s}.conversations as c (key, tenant_key, tenant, name, head, created_ticks, updated_ticks)
            select $3, $3, '', 'new', $2, 1, 1 where $1 <> $3 and exists (select 1 from {s}.turns where key = $2)
            on conflict (key) do update set head = excluded.head, updated_ticks = excluded.updated_ticks where c.head is null
            """;
        var point = $"update {s}.conversations set head = $2, updated_ticks = 1 where key = $1 and head = $2 and $1 <> $3 and exists (select 1 from {s}.turns where key = $2)";
        foreach (var move in (string[])[first, point])
        {
            yield return move;
            yield return $"""
                with named as ({move} returning key)
                insert into {s}.turns (
                  key, owner, parent, id, parent_id, depth, response, stored_responses, is_stored, is_rebuilt, model, created_ticks, expires_ticks,
                  instructions, input_tokens, output_tokens, cost_ticks, total_cost_ticks, content)
                select $3, named.key, $2, 'new', 'old', 2, null, array[]::text[], true, false, null, 1, null, null, 0, 0, 0, 0, $3 from named where $1 <> $3
                """;
        }

        yield return $"update {s}.conversations set head = null where key = $1 and $2 <> $3 returning key";
        yield return $"delete from {s}.turns where owner = $1 and key <> $2 and key <> $3 and not exists (select 1 from {s}.turns below where below.parent = turns.key)";
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, byte[] name, byte[] head) => new(sql, connection)
    {
        Parameters =
        {
            new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = name },
            new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = head },
            new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = new byte[32] },
        },
    };

    private async Task<(byte[] Name, byte[] Head)> KeysAsync(string schema)
    {
        await using var command = server.Source.CreateCommand($"select key, head from {Quoted(schema)}.conversations where name = 'rewound'");
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());
        return (rows.GetFieldValue<byte[]>(0), rows.GetFieldValue<byte[]>(1));
    }

    private async Task<string> OldSchemaAsync()
    {
        var schema = server.NewSchema();
        await RunAsync(Version1.PostgresScript(Quoted(schema)));
        return schema;
    }

    private static string Quoted(string schema) => '"' + schema.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private async Task RunAsync(string sql)
    {
        await using var command = server.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<int?> ScalarAsync(string sql)
    {
        await using var command = server.Source.CreateCommand(sql);
        return (int?)await command.ExecuteScalarAsync();
    }
}
