using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Stores.Tests.Sqlite;

/// <summary>A file that a build with version 1 of the schema wrote: upgraded once, backed up first, and closed to that build.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_upgraded_file_holds_every_turn_as_it_was()
    {
        var file = OldFile();
        using var store = new SqliteConversationStore(file);
        await Version1.IsWholeAsync(store);
        await Version1.KnowsItsForkAsync(store);
        ConversationId ticket = new("acme", "ticket-4711");
        var head = (await store.LookUpAsync(ticket, null))!.Head!;
        Assert.True(await store.AppendAsync(ticket, head.After("next"), head.Id));
        Assert.Equal(["next"], (await store.GetPathAsync("acme", "next")).Skip(2).Select(static t => t.Id));
    }

    [Fact]
    public async Task The_backup_is_the_old_file()
    {
        var file = OldFile();
        using (var store = new SqliteConversationStore(file))
        {
            await store.InitializeAsync();
        }

        var backup = file + ".v1.bak";
        Assert.Equal([file, backup], Files());
        Assert.Equal((1, 0x47726F6B), Assert.Single(Version1.Rows(backup, "select user_version, application_id from pragma_user_version, pragma_application_id", static r => (r.GetInt32(0), r.GetInt32(1)))));
        Assert.Equal(2, Assert.Single(Version1.Rows(file, "pragma user_version", static r => r.GetInt32(0))));
        Assert.Equal(Version1.ReadNames(Version1.SqliteFile), Version1.ReadNames(backup));
        Assert.Equal(Texts(Version1.ReadTurns(Version1.SqliteFile)), Texts(Version1.ReadTurns(backup)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        }

        // The backup is a file that can be opened, and so upgraded, in place of the lost one.
        using var restored = new SqliteConversationStore(backup);
        await Version1.IsWholeAsync(restored);
    }

    [Fact]
    public async Task A_second_open_changes_nothing()
    {
        var file = OldFile();
        using (var store = new SqliteConversationStore(file))
        {
            await store.InitializeAsync();
        }

        var (bytes, files) = (await File.ReadAllBytesAsync(file), Files());
        using (var store = new SqliteConversationStore(file))
        {
            await Version1.IsWholeAsync(store);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
        Assert.Equal(files, Files());
    }

    [Fact]
    public async Task Many_that_open_an_old_file_at_once_upgrade_it_once()
    {
        var file = OldFile();
        var stores = Enumerable.Range(0, 8).Select(_ => new SqliteConversationStore(file, new() { BusyTimeout = TimeSpan.FromMinutes(1) })).ToList();
        await Task.WhenAll(stores.Select(s => Task.Run(() => s.InitializeAsync().AsTask())));
        await Version1.IsWholeAsync(stores[^1]);
        stores.ForEach(static s => s.Dispose());
        Assert.Equal([file, file + ".v1.bak"], Files());
    }

    [Fact]
    public async Task Two_processes_that_open_an_old_file_at_once_upgrade_it_once()
    {
        var file = OldFile();
        using var one = Writer.Start("sqlite", file, "one-", 3);
        using var two = Writer.Start("sqlite", file, "two-", 3);
        Assert.Equal([3, 3], (await Task.WhenAll(one.ReadAcknowledgedAsync(), two.ReadAcknowledgedAsync())).Select(static a => a.Count));
        await one.WaitForExitAsync();
        await two.WaitForExitAsync();
        using (var store = new SqliteConversationStore(file))
        {
            Assert.Equal(6, (await Writer.ReadCompleteAsync(store)).Count);
            await Version1.IsWholeAsync(store);
        }

        Assert.Equal([file, file + ".v1.bak"], Files());
    }

    [Fact]
    public async Task A_backup_never_overwrites_a_file()
    {
        var file = OldFile();
        await File.WriteAllTextAsync(file + ".v1.bak", "an older backup");
        await File.WriteAllTextAsync(file + ".v1-2.bak.partial", "left by a crash");
        using (var store = new SqliteConversationStore(file))
        {
            await Version1.IsWholeAsync(store);
        }

        Assert.Equal("an older backup", await File.ReadAllTextAsync(file + ".v1.bak"));
        Assert.Equal(16, Version1.ReadTurns(file + ".v1-2.bak").Count);
        Assert.Equal([file, file + ".v1-2.bak", file + ".v1.bak"], Files());
    }

    [Fact]
    public async Task A_file_whose_backup_fails_is_left_alone()
    {
        var file = OldFile();
        var before = await File.ReadAllBytesAsync(file);

        // A folder of the backup's name while it is being written.
        Directory.CreateDirectory(file + ".v1.bak.partial");
        using (var store = new SqliteConversationStore(file))
        {
            foreach (var call in (Func<Task>[])[() => store.InitializeAsync().AsTask(), () => store.MoveAsync(new("", "weather"), null, null).AsTask()])
            {
                var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
                Assert.Contains("its backup", error.Message, StringComparison.Ordinal);
                Assert.Contains(file + ".v1.bak", error.Message, StringComparison.Ordinal);
                Assert.Contains("not changed", error.Message, StringComparison.Ordinal);
                Assert.False(error.IsTransient);
            }
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(file));
        Directory.Delete(file + ".v1.bak.partial");
        using (var store = new SqliteConversationStore(file))
        {
            await Version1.IsWholeAsync(store);
        }
    }

    [Fact]
    public async Task An_upgrade_that_fails_leaves_the_file_as_it_was_and_no_backup()
    {
        var file = OldFile();
        Run(file, "pragma foreign_keys = off; update turns set owner = 4711 where key = 1");
        using (var store = new SqliteConversationStore(file))
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.InitializeAsync());
            Assert.Contains("rows that do not exist", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal([file], Files());
        Assert.Equal(Texts(Version1.ReadTurns(Version1.SqliteFile)), Texts(Version1.ReadTurns(file)));
    }

    [Fact]
    public async Task Statements_of_the_old_build_fail_and_change_nothing()
    {
        var file = OldFile();
        using var old = new SqliteConnection($"Data Source={file};Pooling=false");
        old.Open();
        var prepared = OldStatements.Select(sql => Command(old, sql)).ToList();
        foreach (var command in prepared)
        {
            // They do run on the file as it is.
            using var transaction = old.BeginTransaction();
            command.Transaction = transaction;
            command.Prepare();
            Assert.Equal(1, command.ExecuteNonQuery());
            command.Transaction = null;
        }

        using var store = new SqliteConversationStore(file);
        await store.InitializeAsync();
        using var later = new SqliteConnection($"Data Source={file};Pooling=false");
        later.Open();
        foreach (var command in prepared.Concat(OldStatements.Select(sql => Command(later, sql))))
        {
            Assert.Contains("no such table", Assert.Throws<SqliteException>(() => { command.ExecuteNonQuery(); }).Message, StringComparison.Ordinal);
            command.Dispose();
        }

        await Version1.IsWholeAsync(store);
    }

    /// <summary>What the build of version 1 writes with, for one row each of the fixture.</summary>
    private static readonly string[] OldStatements =
    [
        """
        insert into conversations (tenant, name, head, created, updated) values (@tenant, @new, null, @now, @now)
        on conflict (tenant, name) do nothing
        """,
        """
        insert into turns (
          tenant, id, parent, owner, depth, response, stored_responses, is_stored, is_rebuilt, model, created, expires, instructions,
          input_tokens, output_tokens, cost, total_cost, content)
        select @tenant, @new, p.key, c.key, 2, null, '[]', 1, 0, null, @now, null, null, 0, 0, 0, 0, @content
        from conversations c left join turns p on p.tenant = @tenant and p.id = @head
        where c.tenant = @tenant and c.name = @name and (@head is null) = (c.head is null)
          and c.head is (select key from turns where tenant = @tenant and id = @head) and (@head is null or p.key is not null)
        """,
        "update conversations set head = 1, updated = @now where tenant = @tenant and name = @name",
        """
        update conversations as c set head = (select key from turns where tenant = @tenant and id = @head), updated = @now
        where c.tenant = @tenant and c.name = @name and (@head is null) = (c.head is null)
          and c.head is (select key from turns where tenant = @tenant and id = @head)
          and (@head is null or exists (select 1 from turns where tenant = @tenant and id = @head))
        """,
        "update turns set owner = 1 where key = 1",
        "delete from conversations where key = 8",
        "delete from turns where key = 3",
    ];

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        (string, object)[] parameters =
        [
            ("@tenant", ""), ("@name", "weather"), ("@new", "new"), ("@now", 1L), ("@content", new byte[] { 1 }),
            ("@head", Version1.ReadNames(Version1.SqliteFile).Single(static n => n.Id == new ConversationId("", "weather")).Head!),
        ];
        foreach (var (name, value) in parameters.Where(p => sql.Contains(p.Item1, StringComparison.Ordinal)))
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private static IEnumerable<string> Texts(IEnumerable<(string Tenant, ConversationTurn Turn)> turns) =>
        turns.Select(static t => $"{t.Tenant}|{string.Join(' ', t.Turn.StoredResponseIds)}|{Convert.ToHexString(t.Turn.Content.Span)}|{t.Turn with { Content = default, StoredResponseIds = [] }}");

    private string OldFile()
    {
        var file = _folder.NewFile();
        File.Copy(Version1.SqliteFile, file);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private List<string> Files() => [.. Directory.GetFiles(_folder.Path).Where(static f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static void Run(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
