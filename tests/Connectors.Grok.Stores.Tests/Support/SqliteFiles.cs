using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>Works on SQLite files without a store.</summary>
internal static class SqliteFiles
{
    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=false;Default Timeout=60");
        connection.Open();
        return connection;
    }

    public static void Run(string file, string sql)
    {
        using var connection = Open(file);
        Run(connection, sql);
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Adds conversations of one turn each, without a parent or continuing one.</summary>
    public static void AddConversations(string file, int count, string prefix, string? parent, string updated) => Run(
        file,
        $"""
        pragma foreign_keys = off;
        begin;
        with recursive n (i) as (select 1 union all select i + 1 from n where i < {count})
        insert into conversation_names (tenant, name, head, branch_point, created, updated)
        select '', '{prefix}' || i, null, (select key from conversation_turns where id = '{parent}'), {updated}, {updated} from n;
        insert into conversation_turns (tenant, id, parent, owner, trunk, depth, kind, created, input_tokens, output_tokens, cost, document, content)
        select '', '{prefix}' || c.key, c.branch_point, c.key, c.branch_point, 0, 0, 0, 0, 0, 0,
          json_object('id', '{prefix}' || c.key, 'depth', 0, 'stored_response_ids', json('[]'), 'is_stored', json('true'), 'is_rebuilt', json('false'),
            'created_at', 0, 'input_tokens', 0, 'output_tokens', 0, 'cost_in_usd_ticks', 0, 'total_cost_in_usd_ticks', 0),
          x'7B7D'
        from conversation_names c where c.name like '{prefix}%';
        update conversation_names set head = (select t.key from conversation_turns t where t.owner = conversation_names.key) where name like '{prefix}%';
        commit
        """);
}
