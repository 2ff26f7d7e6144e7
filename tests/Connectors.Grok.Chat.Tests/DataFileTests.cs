using Chat;
using Connectors.Grok.Chat.Tests.Support;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;

namespace Connectors.Grok.Chat.Tests;

public sealed class DataFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Earlier => _folder.File("earlier.db");

    private string Target => Path.Combine(_folder.Path, "data", "grok-chat", "conversations.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Earlier_file_is_copied_once_with_the_turns_of_its_log_while_it_is_open()
    {
        await using var earlier = new SqliteConversationStore(Earlier);
        await AppendAsync(earlier, "first", null);
        Assert.True(new FileInfo(Earlier + "-wal").Length > 0);

        Assert.True(DataFile.Prepare(Target, Earlier));
        await AppendAsync(earlier, "second", "first");
        Assert.False(DataFile.Prepare(Target, Earlier));

        await using var copy = DataFile.Open(Target);
        Assert.Equal("first", Assert.Single(await copy.GetTreeAsync(new("", "c"), TestContext.Current.CancellationToken)).Id);
        Assert.Equal(2, (await earlier.GetTreeAsync(new("", "c"), TestContext.Current.CancellationToken)).Count);
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(Target)!), static f => f.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void Existing_default_file_is_not_replaced()
    {
        Assert.False(DataFile.Prepare(Target, Earlier));
        File.WriteAllText(Target, "mine");
        File.WriteAllText(Earlier, "theirs");
        Assert.False(DataFile.Prepare(Target, Earlier));
        Assert.Equal("mine", File.ReadAllText(Target));
    }

    [Fact]
    public void Damaged_earlier_file_is_reported_and_leaves_no_copy()
    {
        File.WriteAllText(Earlier, new string('x', 5000));
        var e = Assert.Throws<UserException>(() => DataFile.Prepare(Target, Earlier));
        Assert.Contains(Earlier, e.Message, StringComparison.Ordinal);
        Assert.Contains("--database", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task Folder_and_copy_are_private()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix file modes.");
            return;
        }

        await using (var earlier = new SqliteConversationStore(Earlier))
        {
            await AppendAsync(earlier, "first", null);
        }

        DataFile.Prepare(Target, Earlier);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Default_file_is_outside_the_build_output()
    {
        Assert.EndsWith(Path.Combine("grok-chat", "conversations.db"), DataFile.DefaultPath(), StringComparison.Ordinal);
        Assert.DoesNotContain(AppContext.BaseDirectory, DataFile.DefaultPath(), StringComparison.Ordinal);
    }

    private static async Task AppendAsync(SqliteConversationStore store, string id, string? parent) => Assert.True(await store.AppendAsync(
        new("", "c"), new ConversationTurn { Id = id, ParentId = parent, Depth = parent is null ? 1 : 2, Content = new byte[] { 1 }, CreatedAt = DateTimeOffset.UnixEpoch, IsStored = false }, parent, cancellationToken: TestContext.Current.CancellationToken));
}
