using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Stores.Tests.Sqlite;

/// <summary>Faulty files: the exception messages say what to do, and the file is left unchanged.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly ConversationId Ticket = new("", "ticket");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_of_another_application_is_rejected_and_left_unchanged()
    {
        var text = _folder.NewFile();
        await File.WriteAllTextAsync(text, string.Concat(Enumerable.Repeat("Minutes of the meeting. ", 500)));
        await AssertRejectsUnchangedAsync(text, "is not a SQLite database");

        var foreign = _folder.NewFile();
        Run(foreign, "create table invoices (id integer)");
        await AssertRejectsUnchangedAsync(foreign, "of another application");

        var versioned = _folder.NewFile();
        Run(versioned, "pragma user_version = 1");
        await AssertRejectsUnchangedAsync(versioned, "of another application");
    }

    [Fact]
    public async Task Newer_schema_version_is_rejected_and_file_left_unchanged()
    {
        var file = await CreateStoredAsync(turns: 2);
        Run(file, "pragma user_version = 999");
        await AssertRejectsUnchangedAsync(file, "newer version", "Update the package");
    }

    [Theory]
    [InlineData(0.99)]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public async Task Truncated_file_is_rejected_and_left_unchanged(double kept)
    {
        var file = await CreateStoredAsync(turns: 60);
        using (var stream = File.OpenWrite(file))
        {
            stream.SetLength((long)(stream.Length * kept));
        }

        await AssertRejectsUnchangedAsync(file, "damaged or truncated", "backup");
    }

    [Fact]
    public async Task Emptied_file_with_nonempty_log_is_rejected_and_left_unchanged()
    {
        var file = _folder.NewFile();
        using (var store = new SqliteConversationStore(file))
        {
            await store.Line(Ticket, "t1", "t2");
            File.Copy(file + "-wal", file + "-copy");
        }

        await File.WriteAllBytesAsync(file, []);
        File.Move(file + "-copy", file + "-wal");
        await AssertRejectsUnchangedAsync(file, "is empty", "backup");
        Assert.NotEqual(0, new FileInfo(file + "-wal").Length);
    }

    [Fact]
    public async Task Damaged_file_throws_when_a_damaged_page_is_read()
    {
        var file = await CreateStoredAsync(turns: 60);
        using (var stream = File.OpenWrite(file))
        {
            var garbage = new byte[stream.Length - 4096];
            new Random(4711).NextBytes(garbage);
            stream.Position = 4096;
            await stream.WriteAsync(garbage);
        }

        using var store = new SqliteConversationStore(file);
        foreach (var call in (Func<Task>[])[() => store.FindAsync(Ticket).AsTask(), () => store.AppendAsync(Ticket, SomeTurns.Turn("x", "t59", 60), "t59").AsTask()])
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
            Assert.Contains("damaged or truncated", error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }
    }

    [Fact]
    public async Task Store_distinguishes_file_paths_from_connection_strings()
    {
        var file = Path.Combine(_folder.Path, "a=b;Mode=Memory.db");
        using (var store = new SqliteConversationStore(file))
        {
            await store.InitializeAsync();
        }

        Assert.True(File.Exists(file));
        var other = Path.Combine(_folder.Path, "other.db");
        using (var store = SqliteConversationStore.FromConnectionString($"Data Source={other};Cache=Private"))
        {
            await store.InitializeAsync();
        }

        Assert.True(File.Exists(other));
        Assert.Equal("file", Assert.Throws<ArgumentException>(() => new SqliteConversationStore($"Data Source={other}")).ParamName);
        var e = Assert.Throws<ArgumentException>(() => SqliteConversationStore.FromConnectionString("Data Source=a.db;Passwort=hunter2"));
        Assert.Equal("connectionString", e.ParamName);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.Equal("connectionString", Assert.Throws<ArgumentException>(static () => SqliteConversationStore.FromConnectionString("Mode=ReadOnly")).ParamName);
    }

    [Fact]
    public async Task File_that_cannot_be_opened_and_invalid_options_throw()
    {
        await AssertFailsAsync(new(_folder.Path), "cannot be opened");
        await AssertFailsAsync(new(Path.Combine(_folder.Path, "no such directory", "x.db")), "cannot be opened", "directory");
        Assert.Throws<ArgumentException>(() => new SqliteConversationStore(" "));
        Assert.Throws<ArgumentException>(() => new SqliteConversationStore(":memory:"));
        Assert.Throws<ArgumentException>(() => new SqliteConversationStore(new SqliteConnectionStringBuilder("Data Source=x;Mode=Memory")));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SqliteConversationStore("x", new() { BusyTimeout = TimeSpan.Zero }));
    }

    [Fact]
    public async Task Read_only_file_allows_reads_and_throws_on_writes()
    {
        var file = await CreateStoredAsync(turns: 2);
        using var store = new SqliteConversationStore(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly });
        Assert.Equal(2, (await store.GetPathAsync("", "t1")).Count);
        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 2), "t1"));
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
    }

    [Fact]
    public async Task Locked_file_throws_after_the_busy_timeout_and_works_once_unlocked()
    {
        var file = await CreateStoredAsync(turns: 1);
        using var store = new SqliteConversationStore(file, new() { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        using (var other = new SqliteConnection($"Data Source={file};Pooling=false"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();
            var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1", "t0", 1), "t0"));
            Assert.Contains("locked", error.Message, StringComparison.Ordinal);
            Assert.True(error.IsTransient);
            Assert.Equal("t0", (await store.FindAsync(Ticket))!.Head);
        }

        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t1", "t0", 1), "t0"));
    }

    [Fact]
    public async Task Failed_transaction_keeps_committed_turns()
    {
        var file = await CreateStoredAsync(turns: 3);

        // The trigger fails in the middle of the transaction, as a full disk does.
        Run(file, "create trigger full before update on conversation_names begin select raise(rollback, 'no more'); end");
        using var store = new SqliteConversationStore(file);
        await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.MoveAsync(Ticket, "t0", "t2"));
        Assert.Null(await store.GetTurnAsync("", "t3"));
        Assert.Equal("t2", (await store.FindAsync(Ticket))!.Head);
        Run(file, "drop trigger full");
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t3", "t2", 3), "t2"));
    }

    private async Task<string> CreateStoredAsync(int turns)
    {
        var file = _folder.NewFile();
        using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, [.. Enumerable.Range(0, turns).Select(static i => $"t{i}")]);
        return file;
    }

    private static void Run(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task AssertRejectsUnchangedAsync(string file, params string[] words)
    {
        var before = await File.ReadAllBytesAsync(file);
        await AssertFailsAsync(new(file), words);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    private static async Task AssertFailsAsync(SqliteConversationStore store, params string[] words)
    {
        using (store)
        {
            foreach (var call in (Func<Task>[])[() => store.InitializeAsync().AsTask(), () => store.FindAsync(Ticket).AsTask(), () => store.AppendAsync(Ticket, SomeTurns.Turn("x"), null).AsTask()])
            {
                var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
                Assert.All(words, w => Assert.Contains(w, error.Message, StringComparison.Ordinal));
                Assert.False(error.IsTransient);
            }
        }
    }
}
