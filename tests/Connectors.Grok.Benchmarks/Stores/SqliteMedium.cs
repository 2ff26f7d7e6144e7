using System.Text;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>SQLite: a set is a file.</summary>
internal sealed class SqliteMedium : TableMedium
{
    private const int TurnBytes = 256;
    private const string Marker = "TURN_ID";

    private readonly string _folder = Directory.CreateTempSubdirectory("grok-benchmarks-").FullName;
    private readonly Dictionary<string, SqliteConnection> _connections = [];
    private readonly SqliteConnection _bare;

    public SqliteMedium()
    {
        _bare = Connect("bare");
        Run(_bare, "pragma journal_mode = wal; create table bare (key integer primary key, content blob not null); create table bare_turns (place integer primary key, document text not null, content blob not null)");
    }

    public override string Name => "SQLite";

    public override ConversationStore Open(string set) => new SqliteConversationStore(File(set));

    public override Task AddNamesAsync(string set, int count, int oldestWithTurns, int youngestWithTurns)
    {
        using var connection = ConnectForBulk(set);
        Run(
            connection,
            $"""
            begin;
            create temp table numbers as with recursive n(i) as (select 1 union all select i + 1 from n where i < @count) select i, 1000000 + i as key, i <= @oldest or i > @count - @youngest as has_turn from n;
            insert into conversation_names (key, tenant, name, head, created, updated)
              select key, @tenant, printf('name-%07d', i), iif(has_turn, key, null), @begin + i * {TimeSpan.TicksPerMillisecond}, @begin + i * {TimeSpan.TicksPerMillisecond} from numbers;
            insert into conversation_turns (key, tenant, id, owner, depth, kind, created, input_tokens, output_tokens, cost, document, content)
              select key, @tenant, 'turn-' || i, key, 0, 0, @begin, 1000, 100, 10, replace(@document, '{Marker}', 'turn-' || i), zeroblob({TurnBytes}) from numbers where has_turn;
            drop table numbers;
            commit
            """,
            ("@count", count),
            ("@oldest", oldestWithTurns),
            ("@youngest", youngestWithTurns),
            ("@document", Encoding.UTF8.GetString(ConversationTurnJson.Write(Turn(Marker, null, 0, [])))));
        return Task.CompletedTask;
    }

    public override Task AddTemplateAsync(string set, string name, int turns, int forks)
    {
        using var connection = ConnectForBulk(set);
        Run(
            connection,
            $"""
            begin;
            create temp table base as select coalesce((select max(key) from conversation_names), 0) as name, coalesce((select max(key) from conversation_turns), 0) as turn;
            insert into conversation_names (key, tenant, name, head, created, updated) select name + 1, @tenant, @name, turn + @turns, @begin, @begin from base;
            insert into conversation_turns (key, tenant, id, parent, owner, depth, kind, created, input_tokens, output_tokens, cost, document, content)
              with recursive n(i) as (select 0 union all select i + 1 from n where i < @turns - 1)
              select turn + 1 + i, @tenant, @name || '/' || i, iif(i = 0, null, turn + i), name + 1, i, 0, @begin, 1000, 100, 10,
                json_set(@document, '$.id', @name || '/' || i, '$.depth', i, '$.parent_id', iif(i = 0, null, @name || '/' || (i - 1))), zeroblob({TurnBytes}) from base, n;
            create temp table numbers as with recursive n(i) as (select 1 union all select i + 1 from n where i < @forks) select i from n where @forks > 0;
            insert into conversation_names (key, tenant, name, head, branch_point, created, updated)
              select name + 1 + i, @tenant, @name || '-fork-' || i, iif(i % 2, turn + @turns, turn + @turns + i), turn + @turns, @begin + i, @begin + i from base, numbers;
            insert into conversation_turns (key, tenant, id, parent, owner, trunk, depth, kind, created, input_tokens, output_tokens, cost, document, content)
              select turn + @turns + i, @tenant, @name || '-fork/' || i, turn + @turns, name + 1 + i, turn + @turns, @turns, 0, @begin, 1000, 100, 10,
                json_set(@document, '$.id', @name || '-fork/' || i, '$.depth', @turns, '$.parent_id', @name || '/' || (@turns - 1)), zeroblob({TurnBytes}) from base, numbers where i % 2 = 0;
            drop table numbers;
            drop table base;
            commit
            """,
            ("@name", name),
            ("@turns", turns),
            ("@forks", forks),
            ("@document", Encoding.UTF8.GetString(ConversationTurnJson.Write(Turn(Marker, null, 0, [])))));
        return Task.CompletedTask;
    }

    public override Task<string?> OwnerAsync(string set, string turn)
    {
        using var command = Command(Connection(set), "select c.name from conversation_turns t join conversation_names c on c.key = t.owner where t.tenant = @tenant and t.id = @turn", ("@turn", turn));
        return Task.FromResult((string?)command.ExecuteScalar());
    }

    public override Task InsertAsync(byte[] content)
    {
        Run(_bare, "insert into bare (content) values (@content)", ("@content", content));
        return Task.CompletedTask;
    }

    public override Task InsertAllAsync(IReadOnlyList<ConversationTurn> turns)
    {
        using var transaction = _bare.BeginTransaction();
        Run(_bare, transaction, "delete from bare_turns");
        using var insert = Command(_bare, "insert into bare_turns (document, content) values (@document, @content)");
        insert.Transaction = transaction;
        var (document, content) = (insert.Parameters.Add("@document", SqliteType.Text), insert.Parameters.Add("@content", SqliteType.Blob));
        foreach (var turn in turns)
        {
            (document.Value, content.Value) = (Encoding.UTF8.GetString(ConversationTurnJson.Write(turn)), turn.Content.ToArray());
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        return Task.CompletedTask;
    }

    public override Task<int> ReadAllAsync()
    {
        using var command = Command(_bare, "select document, content from bare_turns order by place");
        using var rows = command.ExecuteReader();
        var bytes = 0;
        while (rows.Read())
        {
            bytes += rows.GetFieldValue<byte[]>(0).Length + rows.GetFieldValue<byte[]>(1).Length;
        }

        return Task.FromResult(bytes);
    }

    public override Task<int> ReadPageAsync(string set, int size)
    {
        using var command = Command(Connection(set), "select tenant, name, created, updated from conversation_names where tenant = @tenant order by updated desc, name limit @size", ("@size", size));
        using var rows = command.ExecuteReader();
        var count = 0;
        for (; rows.Read(); count++)
        {
            _ = (rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3));
        }

        return Task.FromResult(count);
    }

    public override Task<int> DeleteAsync(string set, DateTimeOffset since, DateTimeOffset before)
    {
        var connection = Connection(set);
        using var transaction = connection.BeginTransaction();
        (string, object)[] times = [("@since", since.UtcTicks), ("@before", before.UtcTicks)];
        Run(connection, transaction, "delete from conversation_turns where owner in (select key from conversation_names where updated >= @since and updated < @before)", times);
        var count = Run(connection, transaction, "delete from conversation_names where updated >= @since and updated < @before", times);
        transaction.Commit();
        return Task.FromResult(count);
    }

    public override Task<int> DeleteAsync(string set, string name)
    {
        var connection = Connection(set);
        using var transaction = connection.BeginTransaction();
        var count = Run(connection, transaction, "delete from conversation_turns where owner = (select key from conversation_names where tenant = @tenant and name = @name)", ("@name", name));
        Run(connection, transaction, "delete from conversation_names where tenant = @tenant and name = @name", ("@name", name));
        transaction.Commit();
        return Task.FromResult(count);
    }

    public override Task SettleAsync(string set)
    {
        Run(Connection(set), "pragma wal_checkpoint(truncate)");
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _bare.Dispose();
        foreach (var connection in _connections.Values)
        {
            connection.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
        return default;
    }

    private string File(string set) => Path.Combine(_folder, set + ".db");

    /// <summary>A connection with the settings of the store's own.</summary>
    private SqliteConnection Connection(string set) => _connections.TryGetValue(set, out var connection) ? connection : _connections[set] = Connect(set);

    private SqliteConnection Connect(string set)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File(set), Pooling = false }.ConnectionString);
        connection.Open();
        Run(connection, "pragma synchronous = full; pragma foreign_keys = on");
        return connection;
    }

    private SqliteConnection ConnectForBulk(string set)
    {
        var connection = Connect(set);
        Run(connection, "pragma foreign_keys = off; pragma synchronous = off; pragma temp_store = memory; pragma cache_size = -400000");
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in (IEnumerable<(string, object)>)[("@tenant", Tenant), ("@begin", Begin.UtcTicks), .. parameters])
        {
            if (sql.Contains(name, StringComparison.Ordinal))
            {
                command.Parameters.AddWithValue(name, value);
            }
        }

        return command;
    }

    private static int Run(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters) => Run(connection, null, sql, parameters);

    private static int Run(SqliteConnection connection, SqliteTransaction? transaction, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    }
}
