using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Connectors.Grok.Stores.Tests.Sqlite;

/// <summary>What statements cost, in steps of SQLite's machine, which do not depend on the speed of this one.</summary>
public sealed class SqliteCostTests : IDisposable
{
    private static readonly ConversationId Template = new("", "template");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deleting_a_template_and_its_heir_costs_the_same_with_3_and_30_000_forks()
    {
        var costs = new List<int>();
        foreach (var forks in (int[])[3, 30_000])
        {
            var file = _folder.NewFile();
            await using var store = new SqliteConversationStore(file);
            await store.Line(Template, [.. Enumerable.Range(0, 40).Select(static i => $"t{i}")]);
            SqliteFiles.AddConversations(file, forks, "fork", "t39", "5");
            costs.Add(Steps(file, Sql.Kept, ("@keys", "[1]")));
            Assert.Empty(await store.DeleteAsync(Template));

            // The newest fork has inherited the turns.
            var heir = new ConversationId("", $"fork{forks}");
            Assert.Equal(41, (await store.GetUsageAsync(heir)).Own.TurnCount);
            using (var connection = SqliteFiles.Open(file))
            {
                costs.Add(Steps(file, Sql.Kept, ("@keys", $"[{SqliteFiles.Number(connection, $"select key from conversation_names where name = '{heir.Name}'")}]")));
            }

            Assert.Single(await store.DeleteAsync(heir));
            Assert.Equal(41, (await store.GetTreeAsync(new("", $"fork{forks - 1}"))).Count);
        }

        Assert.InRange(costs[2], 1, costs[0] * 1.1);
        Assert.InRange(costs[3], 1, costs[1] * 1.1);
    }

    [Fact]
    public async Task Page_costs_a_page_wherever_it_is()
    {
        var costs = new List<int>();
        foreach (var count in (int[])[200, 20_000])
        {
            var file = _folder.NewFile();
            await using (var store = new SqliteConversationStore(file))
            {
                await store.InitializeAsync();
            }

            // The half of them changed at one moment.
            SqliteFiles.AddConversations(file, count, "n", null, "max(i, " + (count / 2) + ")");
            (string, object) tenant = ("@tenant", ""), since = ("@since", 0L), most = ("@most", 50);
            costs.Add(Steps(file, Sql.List, tenant, since, most));
            costs.Add(Steps(file, Sql.List, tenant, ("@since", count / 3L), most));
            costs.Add(Steps(file, Sql.ListAfter, tenant, since, most, ("@updated", count - 60L), ("@after", "n")));
            costs.Add(Steps(file, Sql.ListAfter, tenant, since, most, ("@updated", count / 2L), ("@after", "n20")));
            costs.Add(Steps(file, Sql.ListAfter, tenant, since, most, ("@updated", count / 2L), ("@after", "n99")));
        }

        Assert.All(costs.Skip(5), cost => Assert.InRange(cost, 1, costs[0] * 4));
    }

    [Fact]
    public async Task Purge_lets_others_write_between_batches_of_a_bounded_number_of_turns()
    {
        var file = _folder.NewFile();
        var clock = new StepClock();
        await using var store = new SqliteConversationStore(file, new() { TimeProvider = clock, BusyTimeout = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 40; i++)
        {
            var first = SomeTurns.Turn($"{i}-0");
            Assert.True(await store.ImportAsync(new("", $"n{i}"), [first, .. Enumerable.Range(1, 599).Select(j => first.After($"{i}-{j}"))], null));
        }

        using var other = SqliteFiles.Open(file);
        SqliteFiles.Run(other, "pragma busy_timeout = 0");
        var purge = Task.Run(() => store.PurgeAsync(clock.GetUtcNow()).AsTask());

        // Takes the lock in the first pause that it meets.
        long left = 40;
        while (left == 40)
        {
            if (raw.sqlite3_exec(other.Handle, "begin immediate") == raw.SQLITE_OK)
            {
                left = SqliteFiles.Number(other, "select count(*) from conversation_names");
                SqliteFiles.Run(other, "rollback");
            }
        }

        // Each batch ends with the fourth name, which brings it to 2,400 turns.
        Assert.InRange(left, 1, 36);
        Assert.Equal(0, left % 4);
        Assert.Equal(40, await purge);
        Assert.Equal(0, SqliteFiles.Number(other, "select count(*) from conversation_turns"));
    }

    private static int Steps(string file, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = SqliteFiles.Open(file);
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(connection.Handle, sql, out var statement));
        using (statement)
        {
            foreach (var (name, value) in parameters)
            {
                var index = raw.sqlite3_bind_parameter_index(statement, name);
                Assert.Equal(raw.SQLITE_OK, value is string text ? raw.sqlite3_bind_text(statement, index, text) : raw.sqlite3_bind_int64(statement, index, Convert.ToInt64(value)));
            }

            int result;
            do
            {
                result = raw.sqlite3_step(statement);
            }
            while (result == raw.SQLITE_ROW);

            Assert.Equal(raw.SQLITE_DONE, result);
            return raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_VM_STEP, 0);
        }
    }
}
