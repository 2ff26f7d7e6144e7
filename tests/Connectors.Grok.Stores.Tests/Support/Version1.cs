using System.Text.Json;
using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>The fixtures that a build with version 1 of the schemas wrote, read without a store.</summary>
internal static class Version1
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures", "v1");

    public static string SqliteFile { get; } = Path.Combine(Folder, "sqlite.db");

    /// <summary>The statements that make the schema and its rows, the same as in the SQLite file.</summary>
    /// <param name="schema">The name of the schema, quoted.</param>
    public static string PostgresScript(string schema) =>
        File.ReadAllText(Path.Combine(Folder, "postgres.sql")).Replace("SCHEMA grok;", $"SCHEMA {schema};").Replace("grok.", schema + ".");

    /// <summary>The turns of a file of version 1, with their tenants, in the order in which they were written.</summary>
    public static List<(string Tenant, ConversationTurn Turn)> ReadTurns(string file) => Rows(
        file,
        """
        select t.tenant, t.id, p.id, t.depth, t.response, t.stored_responses, t.is_stored, t.is_rebuilt, t.model, t.created, t.expires,
          t.instructions, t.input_tokens, t.output_tokens, t.cost, t.total_cost, t.content
        from turns t left join turns p on p.key = t.parent order by t.key
        """,
        static row => (row.GetString(0), new ConversationTurn
        {
            Id = row.GetString(1),
            ParentId = Text(row, 2),
            Depth = row.GetInt32(3),
            ResponseId = Text(row, 4),
            StoredResponseIds = [.. JsonDocument.Parse(row.GetString(5)).RootElement.EnumerateArray().Select(static e => e.GetString()!)],
            IsStored = row.GetBoolean(6),
            IsRebuilt = row.GetBoolean(7),
            Model = Text(row, 8),
            CreatedAt = new(row.GetInt64(9), TimeSpan.Zero),
            ExpiresAt = row.IsDBNull(10) ? null : new(row.GetInt64(10), TimeSpan.Zero),
            InstructionsHash = Text(row, 11),
            InputTokens = row.GetInt64(12),
            OutputTokens = row.GetInt64(13),
            CostInUsdTicks = row.GetInt64(14),
            TotalCostInUsdTicks = row.GetInt64(15),
            Content = row.GetFieldValue<byte[]>(16),
        }));

    /// <summary>The names of a file of version 1.</summary>
    public static List<ConversationInfo> ReadNames(string file) => Rows(
        file,
        "select c.tenant, c.name, h.id, c.created, c.updated from conversations c left join turns h on h.key = c.head order by c.key",
        static row => new ConversationInfo(new(row.GetString(0), row.GetString(1)), Text(row, 2), new(row.GetInt64(3), TimeSpan.Zero), new(row.GetInt64(4), TimeSpan.Zero)));

    public static List<T> Rows<T>(string file, string sql, Func<SqliteDataReader, T> map)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var all = new List<T>();
        while (rows.Read())
        {
            all.Add(map(rows));
        }

        return all;
    }

    /// <summary>Asserts that a store holds the names and turns of the fixture, member by member, and finds them.</summary>
    public static async Task IsWholeAsync(ConversationStore store)
    {
        var turns = ReadTurns(SqliteFile);
        Assert.Equal(16, turns.Count);
        foreach (var (tenant, turn) in turns)
        {
            var stored = await store.GetTurnAsync(tenant, turn.Id);
            Assert.Equal(turn.Content.ToArray(), stored!.Content.ToArray());
            Assert.Equal(turn.StoredResponseIds, stored.StoredResponseIds);
            Assert.Equal(turn, stored with { Content = turn.Content, StoredResponseIds = turn.StoredResponseIds });
        }

        var names = ReadNames(SqliteFile);
        Assert.Equal(8, names.Count);
        foreach (var name in names)
        {
            Assert.Equal(name, await store.FindAsync(name.Id));
            var found = await store.LookUpAsync(name.Id, new() { Fingerprints = ["unknown"] });
            Assert.Equal((name, name.Head), (found!.Info, found.Head?.Id));
        }

        Assert.Equal(names.Where(static n => n.Id.Tenant.Length == 0).OrderByDescending(static n => n.UpdatedAt).Select(static n => n.Id), (await store.ListAsync(new() { Tenant = "" })).Select(static n => n.Id));
        var total = turns.Where(static t => t.Tenant == "acme").Sum(static t => t.Turn.CostInUsdTicks);
        Assert.Equal(total, (await Cost("ticket-4711")) + (await Cost("sealed")));

        async Task<long> Cost(string name) => (await store.GetUsageAsync(new("acme", name))).Own.CostInUsdTicks;
    }

    /// <summary>Asserts that a fork of version 1 has its branch point, and that its turns are found where they are shared and only there. Changes the store.</summary>
    public static async Task KnowsItsForkAsync(ConversationStore store)
    {
        ConversationId ticket = new("", "ticket-4711"), fork = new("", "ticket-4711-fork");
        var trunk = await store.GetTreeAsync(ticket);
        var head = (await store.FindAsync(fork))!.Head;
        Assert.True((await store.LookUpAsync(fork, new() { TurnIds = [trunk[0].Id] }))!.HoldsAnswer);
        Assert.True((await store.LookUpAsync(fork, new() { TurnIds = [trunk[1].Id] }))!.HoldsAnswer);
        Assert.False((await store.LookUpAsync(fork, new() { TurnIds = [trunk[2].Id] }))!.HoldsAnswer);
        Assert.True(await store.MoveAsync(fork, null, head));
        Assert.Equal([trunk[2].Id], (await store.DeleteAsync(ticket)).Select(static t => t.Id));
        Assert.Equal([trunk[0].Id, trunk[1].Id, head], (await store.GetTreeAsync(fork)).Select(static t => t.Id));
        Assert.Equal([trunk[0].Id, trunk[1].Id, head], (await store.DeleteAsync(fork)).Select(static t => t.Id));
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
