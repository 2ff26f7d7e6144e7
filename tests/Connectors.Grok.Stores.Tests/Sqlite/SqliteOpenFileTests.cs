using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Sqlite;

/// <summary>What happens to a file while a store has it open: deleted, replaced, upgraded by a newer build. And who may read it.</summary>
public sealed class SqliteOpenFileTests : IDisposable
{
    private static readonly ConversationId Ticket = new("", "ticket");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deleted_file_acknowledges_no_append_and_is_not_created_again_by_itself()
    {
        SkipOnWindows();
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, "t1");
        Delete(file);

        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
        Assert.Contains("deleted", error.Message, StringComparison.Ordinal);
        foreach (var call in (Func<Task>[])[() => store.FindAsync(Ticket).AsTask(), () => store.AppendAsync(Ticket, SomeTurns.Turn("t1"), null).AsTask(), () => store.CheckAsync().AsTask()])
        {
            error = await Assert.ThrowsAsync<ConversationStoreException>(call);
            Assert.Contains("InitializeAsync", error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }

        Assert.False(File.Exists(file));
        await store.InitializeAsync();
        Assert.Null(await store.FindAsync(Ticket));
        await store.Line(Ticket, "t1");
    }

    [Fact]
    public async Task Read_of_a_deleted_file_throws()
    {
        SkipOnWindows();
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, "t1");
        Assert.NotNull(await store.FindAsync(Ticket));
        Delete(file);
        Assert.Contains("deleted", (await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.FindAsync(Ticket))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initializing_creates_a_deleted_file_again()
    {
        SkipOnWindows();
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, "t1");
        Delete(file);
        await store.InitializeAsync();
        Assert.True(File.Exists(file));
        Assert.Null(await store.FindAsync(Ticket));
    }

    [Fact]
    public async Task Replaced_file_acknowledges_nothing_that_is_not_in_it()
    {
        SkipOnWindows();
        var (file, backup) = (_folder.NewFile(), _folder.NewFile());
        await using (var old = new SqliteConversationStore(backup))
        {
            await old.Line(Ticket, "t1");
        }

        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, "t1", "t2");
        Assert.NotNull(await store.FindAsync(Ticket));
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        File.Move(backup, file, overwrite: true);

        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t3", "t2", 2), "t2"));
        Assert.Contains("replaced", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);

        // From then on the file that has the name is the store.
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.False(await store.AppendAsync(Ticket, SomeTurns.Turn("t3", "t2", 2), "t2"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
        await using var another = new SqliteConversationStore(file);
        Assert.Equal("t2", (await another.FindAsync(Ticket))!.Head);
    }

    [Fact]
    public async Task Log_without_its_file_is_not_discarded()
    {
        var file = _folder.NewFile();
        await using (var store = new SqliteConversationStore(file))
        {
            await store.Line(Ticket, "t1");
            File.Copy(file + "-wal", file + "-copy");
        }

        File.Delete(file);
        File.Move(file + "-copy", file + "-wal");
        await using var again = new SqliteConversationStore(file);
        var error = await Assert.ThrowsAsync<ConversationStoreException>(async () => await again.FindAsync(Ticket));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, new FileInfo(file + "-wal").Length);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Open_store_refuses_to_write_after_a_newer_build_upgraded_the_file()
    {
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, "t1");

        // A step that keeps the tables, and one that renames them.
        SqliteFiles.Run(file, "alter table conversation_turns add column added integer; pragma user_version = 3");
        foreach (var call in (Func<Task>[])[() => store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1").AsTask(), () => store.MoveAsync(Ticket, null, "t1").AsTask(), () => store.DeleteAsync(Ticket).AsTask(), () => store.CheckAsync().AsTask()])
        {
            Assert.Contains("newer version", (await Assert.ThrowsAsync<ConversationStoreException>(call)).Message, StringComparison.Ordinal);
        }

        SqliteFiles.Run(file, "pragma user_version = 2");
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        SqliteFiles.Run(file, "alter table conversation_names rename to names; pragma user_version = 3");
        Assert.Contains("newer version", (await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.FindAsync(Ticket))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Created_files_are_for_the_owner_only()
    {
        SkipOnWindows();
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, "t1");
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(file + suffix));
        }

        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task Created_files_have_the_mode_of_the_option()
    {
        SkipOnWindows();
        var shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        var (file, plain) = (_folder.NewFile(), _folder.NewFile());
        await using var store = new SqliteConversationStore(file, new() { UnixCreateMode = shared });
        await store.Line(Ticket, "t1");
        Assert.Equal((shared, shared), (Mode(file), Mode(file + "-wal")));

        await File.WriteAllTextAsync(plain + ".reference", "");
        await using var umask = new SqliteConversationStore(plain, new() { UnixCreateMode = null });
        await umask.InitializeAsync();
        Assert.Equal(Mode(plain + ".reference"), Mode(plain));
    }

    [Fact]
    public async Task Existing_file_keeps_its_mode_and_its_backup_is_for_the_owner_only()
    {
        SkipOnWindows();
        var open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var file = _folder.NewFile();
        File.Copy(Version1.SqliteFile, file);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, open);
        }

        await using var store = new SqliteConversationStore(file);
        await store.InitializeAsync();
        Assert.Equal(open, Mode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(file + ".v1.bak"));
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete or replace open files, and has no Unix modes.");

    private static UnixFileMode Mode(string file) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file);

    private static void Delete(string file)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(file + suffix);
        }
    }
}
