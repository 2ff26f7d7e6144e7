using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Stores.Tests.Support;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Postgres;

/// <summary>What statements read, in pages of the server's tables and indexes, which does not depend on the speed of the machine.</summary>
public sealed class PostgresCostTests(PostgresServer server)
{
    private static readonly ConversationId Template = new("", "template");

    [Fact]
    public async Task Deleting_a_template_and_its_heir_reads_the_turns_and_not_30_000_forks()
    {
        var schema = server.NewSchema();
        var (q, sql) = (PostgresServer.Quote(schema), new PostgresSql(schema));
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.Line(Template, [.. Enumerable.Range(0, 40).Select(static i => $"t{i}")]);
        await AddConversationsAsync(q, 30_000, "fork", "t39", "i");
        Assert.InRange(await PagesAsync(sql.Kept, TurnRow.Keys([RowKey.Create("", "template")])), 1, 1000);
        Assert.Empty(await store.DeleteAsync(Template));
        Assert.Equal(40, await CountAsync($"select count(*) from {q}.conversation_turns where id ~ '^t[0-9]' and owner = (select owner from {q}.conversation_turns where id = 't0')"));

        var heir = await NameOfOwnerAsync(q, "t0");
        Assert.Equal(41, (await store.GetUsageAsync(new("", heir))).Own.TurnCount);
        // Until the server has vacuumed, the pages of the versions before the update are read as well.
        Assert.InRange(await PagesAsync(sql.Kept, TurnRow.Keys([RowKey.Create("", heir)])), 1, 5000);
        Assert.Single(await store.DeleteAsync(new("", heir)));
        Assert.NotEqual(heir, await NameOfOwnerAsync(q, "t0"));
        Assert.Equal(40, (await store.GetPathAsync("", "t39")).Count);
    }

    [Fact]
    public async Task Page_reads_a_page_wherever_it_is()
    {
        var schema = server.NewSchema();
        var (q, sql) = (PostgresServer.Quote(schema), new PostgresSql(schema));
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        await store.InitializeAsync();

        // The half of them changed at one moment.
        await AddConversationsAsync(q, 20_000, "n", null, "greatest(i, 10000)");
        NpgsqlParameter Long(long value) => new NpgsqlParameter<long> { TypedValue = value };
        NpgsqlParameter[] First(long since) => [TurnRow.Key(RowKey.CreateForTenant("")), Long(since), TurnRow.Number(50)];
        NpgsqlParameter[] After(long updated, byte key) => [.. First(0), Long(updated), TurnRow.Key([key, .. new byte[31]])];
        Assert.InRange(await PagesAsync(sql.List, First(0)), 1, 1000);
        Assert.InRange(await PagesAsync(sql.List, First(15_000)), 1, 1000);
        Assert.InRange(await PagesAsync(sql.ListAfter, After(19_000, 0)), 1, 1000);
        Assert.InRange(await PagesAsync(sql.ListAfter, After(10_000, 0x10)), 1, 1000);
        Assert.InRange(await PagesAsync(sql.ListAfter, After(10_000, 0xF0)), 1, 1000);
        Assert.Equal(20_000, await CountListedAsync(store));
    }

    [Fact]
    public async Task Purge_deletes_in_batches_of_a_bounded_number_of_turns()
    {
        var schema = server.NewSchema();
        var q = PostgresServer.Quote(schema);
        await using var store = new PostgresConversationStore(server.Source, new() { Schema = schema });
        for (var i = 0; i < 10; i++)
        {
            var first = SomeTurns.Turn($"{i}-0");
            Assert.True(await store.ImportAsync(new("", $"n{i}"), [first, .. Enumerable.Range(1, 599).Select(j => first.After($"{i}-{j}"))], null));
        }

        // Each transaction that deletes turns leaves its id.
        await server.RunAsync($"""
            create table {q}.deleted (transaction xid8, turns bigint);
            create function {q}.count() returns trigger language plpgsql as $$
              begin insert into {q}.deleted select pg_current_xact_id(), count(*) from gone; return null; end $$;
            create trigger counted after delete on {q}.conversation_turns referencing old table as gone for each statement execute function {q}.count();
            """);
        Assert.Equal(10, await store.PurgeAsync(DateTimeOffset.MaxValue));
        Assert.Equal(3, await CountAsync($"select count(*) from {q}.deleted"));
        Assert.Equal(2400, await CountAsync($"select max(turns) from {q}.deleted"));
    }

    /// <summary>Executes a statement as <c>explain</c> does, and returns the number of pages that it read from the cache or the disk.</summary>
    private async Task<int> PagesAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = server.Source.CreateCommand($"explain (analyze, buffers, costs off, timing off) {sql}");
        command.Parameters.AddRange(parameters);
        var plan = new List<string>();
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                plan.Add(rows.GetString(0));
            }
        }

        var buffers = plan.First(static l => l.Contains("Buffers:", StringComparison.Ordinal));
        var pages = buffers.Split(' ').Where(static p => p.StartsWith("hit=", StringComparison.Ordinal) || p.StartsWith("read=", StringComparison.Ordinal)).Sum(static p => int.Parse(p[(p.IndexOf('=') + 1)..]));
        TestContext.Current.TestOutputHelper?.WriteLine($"{pages} pages\n{string.Join('\n', plan)}");
        return pages;
    }

    private Task AddConversationsAsync(string q, int count, string prefix, string? parent, string updated) => server.RunAsync($"""
        insert into {q}.conversation_names (key, tenant_key, tenant, name, head, branch_point, created_ticks, updated_ticks)
        select sha256(('\x00000000'::bytea || convert_to('{prefix}' || i, 'UTF8'))), sha256(''), '', '{prefix}' || i, null,
          (select key from {q}.conversation_turns where id = '{parent}'), {updated}, {updated}
        from generate_series(1, {count}) i;
        insert into {q}.conversation_turns (
          key, owner, trunk, parent, id, depth, kind, created_ticks, input_tokens, output_tokens, cost_ticks, document, content)
        select sha256(('\x00000000'::bytea || convert_to('turn of ' || name, 'UTF8'))), key, branch_point, branch_point, 'turn of ' || name, 0, 0, 0, 0, 0, 0,
          jsonb_build_object('id', 'turn of ' || name, 'depth', 0, 'stored_response_ids', '[]'::jsonb, 'is_stored', true, 'is_rebuilt', false, 'created_at', 0,
            'input_tokens', 0, 'output_tokens', 0, 'cost_in_usd_ticks', 0, 'total_cost_in_usd_ticks', 0)::text,
          '\x7B7D'
        from {q}.conversation_names where name like '{prefix}%';
        update {q}.conversation_names c set head = t.key from {q}.conversation_turns t where t.owner = c.key and c.name like '{prefix}%';
        analyze {q}.conversation_names; analyze {q}.conversation_turns
        """);

    private async Task<int> CountAsync(string sql)
    {
        await using var command = server.Source.CreateCommand(sql);
        return Convert.ToInt32(await command.ExecuteScalarAsync());
    }

    private async Task<string> NameOfOwnerAsync(string q, string turn)
    {
        await using var command = server.Source.CreateCommand($"select c.name from {q}.conversation_turns t join {q}.conversation_names c on c.key = t.owner where t.id = '{turn}'");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<int> CountListedAsync(PostgresConversationStore store)
    {
        var names = new HashSet<string>();
        IReadOnlyList<ConversationInfo> page = [];
        do
        {
            page = await store.ListAsync(new() { Tenant = "", PageSize = 1000, After = page.Count == 0 ? null : new(page[^1].UpdatedAt, page[^1].Id.Name) });
            names.UnionWith(page.Select(static i => i.Id.Name));
        }
        while (page.Count == 1000);

        return names.Count;
    }
}
