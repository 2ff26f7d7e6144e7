using System.Diagnostics;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Stores.Tests.Sqlite;

/// <summary>A file that another process has locked, and the write-ahead log.</summary>
public sealed class SqliteLockTests : IDisposable
{
    private static readonly ConversationId Ticket = new("", "ticket");
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Waiting_for_the_lock_ends_when_cancelled()
    {
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file, new() { BusyTimeout = TimeSpan.FromHours(1) });
        await store.Line(Ticket, "t1");
        using var other = SqliteFiles.Open(file);
        SqliteFiles.Run(other, "begin immediate");
        using var cancellation = new CancellationTokenSource();

        // The second one waits behind the first.
        var appends = Enumerable.Range(0, 2).Select(i => Task.Run(() => store.AppendAsync(Ticket, SomeTurns.Turn($"x{i}", "t1", 1), "t1", cancellationToken: cancellation.Token).AsTask())).ToList();
        await cancellation.CancelAsync();
        foreach (var append in appends)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append.WaitAsync(Guard));
        }

        SqliteFiles.Run(other, "rollback");
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
    }

    [Fact]
    public async Task Calls_that_wait_for_the_lock_together_fail_together()
    {
        var file = _folder.NewFile();
        var timeout = TimeSpan.FromMilliseconds(500);
        await using var store = new SqliteConversationStore(file, new() { BusyTimeout = timeout });
        await store.Line(Ticket, "t1");
        using var other = SqliteFiles.Open(file);
        SqliteFiles.Run(other, "begin immediate");
        var start = Stopwatch.GetTimestamp();
        var appends = Enumerable.Range(0, 60).Select(i => Task.Run(() => store.AppendAsync(Ticket, SomeTurns.Turn($"x{i}", "t1", 1), "t1").AsTask())).ToList();
        foreach (var append in appends)
        {
            Assert.True((await Assert.ThrowsAsync<ConversationStoreException>(() => append)).IsTransient);
        }

        // One after the other, they take 60 timeouts.
        Assert.InRange(Stopwatch.GetElapsedTime(start), timeout, timeout * 30);
        SqliteFiles.Run(other, "rollback");
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
    }

    [Fact]
    public async Task Waiting_for_the_lock_blocks_no_thread()
    {
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file, new() { BusyTimeout = TimeSpan.FromHours(1) });
        await store.Line(Ticket, "t1");
        using var other = SqliteFiles.Open(file);
        SqliteFiles.Run(other, "begin immediate");
        var (append, _) = await Task.Run(() => (store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1").AsTask(), 0)).WaitAsync(Guard);
        Assert.False(append.IsCompleted);
        SqliteFiles.Run(other, "commit");
        Assert.True(await append.WaitAsync(Guard));
    }

    [Fact]
    public async Task Disposal_ends_calls_that_wait_for_the_lock()
    {
        var file = _folder.NewFile();
        var store = new SqliteConversationStore(file, new() { BusyTimeout = TimeSpan.FromHours(1) });
        await store.Line(Ticket, "t1");
        using var other = SqliteFiles.Open(file);
        SqliteFiles.Run(other, "begin immediate");
        var append = Task.Run(() => store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1").AsTask());
        var (disposal, _) = await Task.Run(() => (store.DisposeAsync().AsTask(), 0)).WaitAsync(Guard);
        await disposal.WaitAsync(Guard);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => append.WaitAsync(Guard));
        await store.DisposeAsync();
        store.Dispose();
    }

    [Fact]
    public async Task Open_listing_does_not_let_the_log_grow()
    {
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        for (var i = 0; i < 60; i++)
        {
            await store.Line(new("", $"n{i}"), $"n{i}");
        }

        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new("http://127.0.0.1:1/v1")).AddConversations(c => c.UseStore(_ => store));
        await using var provider = services.BuildServiceProvider();
        await using var listing = provider.GetRequiredService<ConversationManager>().ListAsync().GetAsyncEnumerator();
        Assert.True(await listing.MoveNextAsync());
        await WriteAsync(store, 24);
        Assert.InRange(new FileInfo(file + "-wal").Length, 1, 20 << 20);
        Assert.True(await listing.MoveNextAsync());
    }

    [Fact]
    public async Task Readers_at_all_times_do_not_let_the_log_grow()
    {
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file);
        await store.Line(Ticket, [.. Enumerable.Range(0, 300).Select(static i => $"t{i}")]);
        var isDone = false;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isDone))
            {
                await store.GetPathAsync("", "t299");
            }
        })).ToList();
        await WriteAsync(store, 60);
        Assert.InRange(new FileInfo(file + "-wal").Length, 1, 50 << 20);
        Volatile.Write(ref isDone, true);
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Check_tells_whether_a_turn_could_be_stored()
    {
        var file = _folder.NewFile();
        await using var store = new SqliteConversationStore(file, new() { BusyTimeout = TimeSpan.FromMilliseconds(20) });
        await store.CheckAsync();
        using var other = SqliteFiles.Open(file);
        SqliteFiles.Run(other, "begin immediate");
        Assert.Contains("locked", (await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.CheckAsync())).Message, StringComparison.Ordinal);
        SqliteFiles.Run(other, "rollback");
        await store.CheckAsync();

        await using var reader = new SqliteConversationStore(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly });
        Assert.Contains("read-only", (await Assert.ThrowsAsync<ConversationStoreException>(async () => await reader.CheckAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transaction_of_the_caller_takes_back_no_turn()
    {
        await using var store = new SqliteConversationStore(_folder.NewFile());
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await store.Line(Ticket, "t1");
        }

        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
    }

    /// <summary>Appends megabytes of turns of a quarter each.</summary>
    private static async Task WriteAsync(SqliteConversationStore store, int megabytes)
    {
        var content = new byte[1 << 18];
        ConversationId id = new("", "large");
        string? head = null;
        for (var i = 0; i < megabytes * 4; i++)
        {
            Assert.True(await store.AppendAsync(id, SomeTurns.Turn($"large{i}", head, i) with { Content = content }, head));
            head = $"large{i}";
        }
    }
}
