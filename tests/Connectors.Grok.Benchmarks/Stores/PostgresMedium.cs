using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;
using NpgsqlTypes;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>PostgreSQL: a set is a schema. The server is of the benchmark's own, with the settings of a new installation.</summary>
internal sealed class PostgresMedium : TableMedium
{
    private const int TurnBytes = 256;
    private const string Marker = "TURN_ID";

    private readonly PostgresServer _server;
    private readonly NpgsqlDataSource _source;

    private PostgresMedium(PostgresServer server)
    {
        _server = server;
        _source = NpgsqlDataSource.Create(server.ConnectionString + ";Max Auto Prepare=40;Auto Prepare Min Usages=1;Command Timeout=600");
    }

    /// <summary>Starts a server.</summary>
    /// <returns>Null where none is installed.</returns>
    public static async Task<PostgresMedium?> TryStartAsync()
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        try
        {
            var medium = new PostgresMedium(server);
            await medium.RunAsync("create table bare (key bigint generated always as identity primary key, content bytea not null)");
            await medium.RunAsync("create table bare_turns (place bigint generated always as identity primary key, document text not null, content bytea not null)");
            return medium;
        }
        catch (Xunit.Sdk.SkipException)
        {
            await server.DisposeAsync();
            return null;
        }
    }

    public override string Name => "PostgreSQL";

    public override ConversationStore Open(string set) => new PostgresConversationStore(_server.ConnectionString, new() { Schema = set });

    public override Task AddNamesAsync(string set, int count, int oldestWithTurns, int youngestWithTurns) => BulkAsync(
        $"""
        create temp table numbers as select i, i <= @oldest or i > @count - @youngest as has_turn, pg_temp.key('name-' || lpad(i::text, 7, '0')) as name, pg_temp.key('turn-' || i) as turn
          from generate_series(1, @count) i;
        insert into {set}.conversation_names (key, tenant_key, tenant, name, head, created_ticks, updated_ticks)
          select name, pg_temp.tenant_key(), '{Tenant}', 'name-' || lpad(i::text, 7, '0'), case when has_turn then turn end, @begin + i * {TimeSpan.TicksPerMillisecond}::bigint, @begin + i * {TimeSpan.TicksPerMillisecond}::bigint
          from numbers;
        insert into {set}.conversation_turns (key, owner, id, depth, kind, created_ticks, input_tokens, output_tokens, cost_ticks, document, content)
          select turn, name, 'turn-' || i, 0, 0, @begin, 1000, 100, 10, replace(@document, '{Marker}', 'turn-' || i), decode(repeat('00', {TurnBytes}), 'hex') from numbers where has_turn;
        drop table numbers;
        """,
        ("@count", count),
        ("@oldest", oldestWithTurns),
        ("@youngest", youngestWithTurns));

    public override Task AddTemplateAsync(string set, string name, int turns, int forks) => BulkAsync(
        $"""
        insert into {set}.conversation_names (key, tenant_key, tenant, name, head, created_ticks, updated_ticks)
          select pg_temp.key('{name}'), pg_temp.tenant_key(), '{Tenant}', '{name}', pg_temp.key('{name}/' || (@turns - 1)), @begin, @begin;
        insert into {set}.conversation_turns (key, owner, parent, id, depth, kind, created_ticks, input_tokens, output_tokens, cost_ticks, document, content)
          select pg_temp.key('{name}/' || i), pg_temp.key('{name}'), case when i > 0 then pg_temp.key('{name}/' || (i - 1)) end, '{name}/' || i, i, 0, @begin, 1000, 100, 10,
            (@document::jsonb || jsonb_build_object('id', '{name}/' || i, 'depth', i, 'parent_id', case when i > 0 then '{name}/' || (i - 1) end))::text, decode(repeat('00', {TurnBytes}), 'hex')
          from generate_series(0, @turns - 1) i;
        insert into {set}.conversation_names (key, tenant_key, tenant, name, head, branch_point, created_ticks, updated_ticks)
          select pg_temp.key('{name}-fork-' || i), pg_temp.tenant_key(), '{Tenant}', '{name}-fork-' || i, pg_temp.key(case when i % 2 = 1 then '{name}/' || (@turns - 1) else '{name}-fork/' || i end),
            pg_temp.key('{name}/' || (@turns - 1)), @begin + i, @begin + i from generate_series(1, @forks) i;
        insert into {set}.conversation_turns (key, owner, parent, trunk, id, depth, kind, created_ticks, input_tokens, output_tokens, cost_ticks, document, content)
          select pg_temp.key('{name}-fork/' || i), pg_temp.key('{name}-fork-' || i), pg_temp.key('{name}/' || (@turns - 1)), pg_temp.key('{name}/' || (@turns - 1)), '{name}-fork/' || i, @turns, 0, @begin, 1000, 100, 10,
            (@document::jsonb || jsonb_build_object('id', '{name}-fork/' || i, 'depth', @turns, 'parent_id', '{name}/' || (@turns - 1)))::text, decode(repeat('00', {TurnBytes}), 'hex')
          from generate_series(2, @forks, 2) i;
        """,
        ("@turns", turns),
        ("@forks", forks));

    public override async Task<string?> OwnerAsync(string set, string turn)
    {
        await using var command = _source.CreateCommand($"select c.name from {set}.conversation_turns t join {set}.conversation_names c on c.key = t.owner where t.id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = turn });
        return (string?)await command.ExecuteScalarAsync();
    }

    public override async Task InsertAsync(byte[] content)
    {
        await using var insert = _source.CreateCommand("insert into bare (content) values ($1)");
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = content });
        await insert.ExecuteNonQueryAsync();
    }

    public override async Task InsertAllAsync(IReadOnlyList<ConversationTurn> turns)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var truncate = new NpgsqlCommand("truncate bare_turns", connection, transaction);
        await truncate.ExecuteNonQueryAsync();
        await using (var copy = await connection.BeginBinaryImportAsync("copy bare_turns (document, content) from stdin (format binary)"))
        {
            foreach (var turn in turns)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(Encoding.UTF8.GetString(ConversationTurnJson.Write(turn)), NpgsqlDbType.Text);
                await copy.WriteAsync(turn.Content.ToArray(), NpgsqlDbType.Bytea);
            }

            await copy.CompleteAsync();
        }

        await transaction.CommitAsync();
    }

    public override async Task<int> ReadAllAsync()
    {
        await using var command = _source.CreateCommand("select document, content from bare_turns order by place");
        await using var rows = await command.ExecuteReaderAsync();
        var bytes = 0;
        while (await rows.ReadAsync())
        {
            bytes += rows.GetString(0).Length + rows.GetFieldValue<byte[]>(1).Length;
        }

        return bytes;
    }

    public override async Task<int> ReadPageAsync(string set, int size)
    {
        await using var command = _source.CreateCommand(
            $"select tenant, name, created_ticks, updated_ticks from {set}.conversation_names where tenant_key = sha256(convert_to($1, 'UTF8')) order by updated_ticks desc, key limit $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Tenant });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        await using var rows = await command.ExecuteReaderAsync();
        var count = 0;
        for (; await rows.ReadAsync(); count++)
        {
            _ = (rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3));
        }

        return count;
    }

    public override async Task<int> DeleteAsync(string set, DateTimeOffset since, DateTimeOffset before)
    {
        var range = $"updated_ticks >= {since.UtcTicks} and updated_ticks < {before.UtcTicks}";
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, $"update {set}.conversation_names set head = null where {range}");
        await RunAsync(connection, $"delete from {set}.conversation_turns where owner in (select key from {set}.conversation_names where {range})");
        var count = await RunAsync(connection, $"delete from {set}.conversation_names where {range}");
        await transaction.CommitAsync();
        return count;
    }

    public override async Task<int> DeleteAsync(string set, string name)
    {
        var one = $"(select key from {set}.conversation_names where tenant = '{Tenant}' and tenant_key = sha256('{Tenant}') and key = sha256(int4send({Tenant.Length}) || '{Tenant}{name}'::bytea))";
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, $"update {set}.conversation_names set head = null where key = {one}");
        var count = await RunAsync(connection, $"delete from {set}.conversation_turns where owner = {one}");
        await RunAsync(connection, $"delete from {set}.conversation_names where key = {one}");
        await transaction.CommitAsync();
        return count;
    }

    public override async Task SettleAsync(string set)
    {
        await RunAsync($"vacuum (analyze) {set}.conversation_names");
        await RunAsync($"vacuum (analyze) {set}.conversation_turns");
        await RunAsync("checkpoint");
    }

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Runs statements without checks of foreign keys. They may use the store's keys: <c>pg_temp.key(id)</c> and <c>pg_temp.tenant_key()</c>.</summary>
    private async Task BulkAsync(string sql, params (string Name, int Value)[] numbers)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await RunAsync(
            connection,
            $"""
            set session_replication_role = replica;
            set synchronous_commit = off;
            create or replace function pg_temp.key(id text) returns bytea immutable language sql as $$ select sha256(int4send({Tenant.Length}) || convert_to('{Tenant}' || id, 'UTF8')) $$;
            create or replace function pg_temp.tenant_key() returns bytea immutable language sql as $$ select sha256('{Tenant}'::bytea) $$
            """);

        // Statements that create what the next one uses cannot be prepared together.
        var document = Encoding.UTF8.GetString(ConversationTurnJson.Write(Turn(Marker, null, 0, [])));
        sql = numbers.Aggregate(sql.Replace("@begin", $"{Begin.UtcTicks}", StringComparison.Ordinal), static (s, n) => s.Replace(n.Name, $"{n.Value}", StringComparison.Ordinal));
        foreach (var statement in sql.Replace("@document", $"'{document}'", StringComparison.Ordinal).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await RunAsync(connection, statement);
        }

        await RunAsync(connection, "reset session_replication_role; reset synchronous_commit");
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }
}
