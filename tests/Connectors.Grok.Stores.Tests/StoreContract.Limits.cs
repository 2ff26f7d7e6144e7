using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

public abstract partial class StoreContract
{
    /// <summary>Ids that applications may come up with, all different.</summary>
    private static readonly string[] OddIds =
    [
        "", " ", "a", "A", "a ", "ä", "a\u0308", "日本語", "🦆", "x' or 1=1; --", "\"", "\\", "%", "_", "\u202Eabc", "\uFFFD", "\uFFFF", "line\nbreak", new string('x', 10_240), new string('x', 10_239) + "y", new string('é', 6_000),
    ];

    [Fact]
    public async Task Odd_and_long_ids_are_ids_like_any_other()
    {
        var store = await Create();
        foreach (var id in OddIds)
        {
            await store.Line(new(id, id), "turn " + id, "next " + id);
            await store.Line(new("odd", id), "turn " + id);
        }

        foreach (var id in OddIds)
        {
            Assert.Equal("next " + id, (await store.FindAsync(new(id, id)))!.Head);
            Assert.Equal("turn " + id, (await store.FindAsync(new("odd", id)))!.Head);
            Assert.Equal("turn " + id, (await store.GetPathAsync(id, "next " + id))[0].Id);
            Assert.Equal(id, Assert.Single(await List(store, id)).Id.Name);
        }

        Assert.Equal(OddIds.Order(StringComparer.Ordinal), (await List(store, "odd")).Select(static i => i.Id.Name).Order(StringComparer.Ordinal));
        Assert.Equal(OddIds.Length * 2, await store.PurgeAsync(DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task Tenant_and_name_do_not_run_together()
    {
        var store = await Create();
        await store.Line(new("ab", "c"), "t1");
        Assert.Null(await store.FindAsync(new("a", "bc")));
        Assert.Null(await store.FindAsync(new("", "abc")));
        Assert.Null(await store.GetTurnAsync("abt", "1"));
    }

    // Not a theory: a test's arguments go through UTF-8, which has no half surrogate pairs.
    [Fact]
    public async Task What_databases_cannot_store_is_refused()
    {
        foreach (var bad in (string[])["a\0b", "\0", "half \uD83E", "\uDD86 half", "\uD83E\uD83E"])
        {
            await Refuses(await Create(), bad);
        }
    }

    private static async Task Refuses(ConversationStore store, string bad)
    {
        await store.Line(Ticket, "t1");
        await Throws(s => s.FindAsync(new("", bad)).AsTask());
        await Throws(s => s.FindAsync(new(bad, "a")).AsTask());
        await Throws(s => s.GetPathAsync(bad, "t1").AsTask());
        await Throws(s => s.GetPathAsync("", bad).AsTask());
        await Throws(s => s.GetTurnAsync(bad, "t1").AsTask());
        await Throws(s => s.GetTurnAsync("", bad).AsTask());
        await Throws(s => s.GetTreeAsync(new("", bad)).AsTask());
        await Throws(s => s.GetTreeAsync(new(bad, "a")).AsTask());
        await Throws(s => s.AppendAsync(new("", bad), SomeTurns.Turn("t2"), null).AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn(bad), "t1").AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2", bad), "t1").AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2"), bad).AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { Model = bad }, "t1").AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { ResponseId = bad }, "t1").AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { InstructionsHash = bad }, "t1").AsTask());
        await Throws(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { StoredResponseIds = ["a", bad] }, "t1").AsTask());
        await Throws(s => s.MoveAsync(new("", bad), null, null).AsTask());
        await Throws(s => s.MoveAsync(Ticket, bad, "t1").AsTask());
        await Throws(s => s.MoveAsync(Ticket, null, bad).AsTask());
        await Throws(s => s.DeleteAsync(new("", bad)).AsTask());
        await Throws(s => List(s, bad));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);

        async Task Throws(Func<ConversationStore, Task> call) => Assert.NotEmpty((await Assert.ThrowsAsync<ArgumentException>(() => call(store))).Message);
    }

    [Fact]
    public async Task Null_is_refused()
    {
        var store = await Create();
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.FindAsync(default));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.GetPathAsync(null!, "t"));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.GetTurnAsync("", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.GetTreeAsync(default));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.AppendAsync(Ticket, null!, null));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t") with { StoredResponseIds = null! }, null));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.MoveAsync(new("", null!), null, null));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.DeleteAsync(default));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.GetUsageAsync(default));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ListAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ListAsync(new() { Tenant = null! }));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ListAsync(new() { Tenant = "", After = default(ConversationPosition) }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.ListAsync(new() { Tenant = "", PageSize = 0 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t", "t"), null));
    }

    [Fact]
    public async Task Five_megabytes_are_content_like_any_other()
    {
        var store = await Create();
        var content = new byte[5 << 20];
        new Random(4711).NextBytes(content);
        await store.AppendAsync(Ticket, SomeTurns.Turn("t1") with { Content = content }, null);
        await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1");
        var stored = (await store.GetPathAsync("", "t2"))[0].Content;
        Assert.True(content.AsSpan().SequenceEqual(stored.Span));
        Assert.Equal(content.Length, (await store.DeleteAsync(Ticket))[0].Content.Length);
    }

    [Fact]
    public async Task A_long_conversation_is_read_whole()
    {
        var store = await Create();
        var turns = await store.Line(Ticket, [.. Enumerable.Range(0, 300).Select(static i => $"t{i}")]);
        Assert.Equal(turns.Select(static t => t.Id), (await store.GetPathAsync("", "t299")).Select(static t => t.Id));
        Assert.Equal(300, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task A_cancelled_call_changes_nothing()
    {
        var store = await Create();
        await store.Line(Ticket, "t1");
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.FindAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetPathAsync("", "t1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetTurnAsync("", "t1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetTreeAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2"), "t1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.MoveAsync(Ticket, null, "t1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DeleteAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PurgeAsync(DateTimeOffset.MaxValue, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetUsageAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ListAsync(new() { Tenant = "" }, cancelled));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.Null(await store.GetTurnAsync("", "t2"));
    }
}
