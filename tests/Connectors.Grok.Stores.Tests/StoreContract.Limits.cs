using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

public abstract partial class StoreContract
{
    /// <summary>Unusual ids, all distinct.</summary>
    private static readonly string[] OddIds =
    [
        "", " ", "a", "A", "a ", "ä", "a\u0308", "日本語", "🦆", "x' or 1=1; --", "\"", "\\", "%", "_", "\u202Eabc", "\uFFFD", "\uFFFF", "line\nbreak", new string('x', 10_240), new string('x', 10_239) + "y", new string('é', 6_000),
    ];

    [Fact]
    public async Task Unusual_and_long_ids_are_stored_and_distinguished()
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
    public async Task Ids_with_equal_concatenation_of_tenant_and_name_are_distinct()
    {
        var store = await Create();
        await store.Line(new("ab", "c"), "t1");
        Assert.Null(await store.FindAsync(new("a", "bc")));
        Assert.Null(await store.FindAsync(new("", "abc")));
        Assert.Null(await store.GetTurnAsync("abt", "1"));
    }

    // Not a theory: test arguments are serialized as UTF-8, which cannot represent lone surrogates.
    [Fact]
    public async Task Ids_with_nul_or_lone_surrogates_are_rejected()
    {
        foreach (var invalid in (string[])["a\0b", "\0", "half \uD83E", "\uDD86 half", "\uD83E\uD83E"])
        {
            await AssertRejectsAsync(await Create(), invalid);
        }
    }

    private static async Task AssertRejectsAsync(ConversationStore store, string invalid)
    {
        await store.Line(Ticket, "t1");
        await AssertThrowsAsync(s => s.FindAsync(new("", invalid)).AsTask());
        await AssertThrowsAsync(s => s.FindAsync(new(invalid, "a")).AsTask());
        await AssertThrowsAsync(s => s.GetPathAsync(invalid, "t1").AsTask());
        await AssertThrowsAsync(s => s.GetPathAsync("", invalid).AsTask());
        await AssertThrowsAsync(s => s.GetTurnAsync(invalid, "t1").AsTask());
        await AssertThrowsAsync(s => s.GetTurnAsync("", invalid).AsTask());
        await AssertThrowsAsync(s => s.GetTreeAsync(new("", invalid)).AsTask());
        await AssertThrowsAsync(s => s.GetTreeAsync(new(invalid, "a")).AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(new("", invalid), SomeTurns.Turn("t2"), null).AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn(invalid), "t1").AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2", invalid), "t1").AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2"), invalid).AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { Model = invalid }, "t1").AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { ResponseId = invalid }, "t1").AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { InstructionsHash = invalid }, "t1").AsTask());
        await AssertThrowsAsync(s => s.AppendAsync(Ticket, SomeTurns.Turn("t2") with { StoredResponseIds = ["a", invalid] }, "t1").AsTask());
        await AssertThrowsAsync(s => s.MoveAsync(new("", invalid), null, null).AsTask());
        await AssertThrowsAsync(s => s.MoveAsync(Ticket, invalid, "t1").AsTask());
        await AssertThrowsAsync(s => s.MoveAsync(Ticket, null, invalid).AsTask());
        await AssertThrowsAsync(s => s.DeleteAsync(new("", invalid)).AsTask());
        await AssertThrowsAsync(s => List(s, invalid));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);

        async Task AssertThrowsAsync(Func<ConversationStore, Task> call) => Assert.NotEmpty((await Assert.ThrowsAsync<ArgumentException>(() => call(store))).Message);
    }

    [Fact]
    public async Task Null_and_out_of_range_arguments_throw()
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
    public async Task Content_of_five_megabytes_round_trips()
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
    public async Task Path_of_300_turns_is_read_completely()
    {
        var store = await Create();
        var turns = await store.Line(Ticket, [.. Enumerable.Range(0, 300).Select(static i => $"t{i}")]);
        Assert.Equal(turns.Select(static t => t.Id), (await store.GetPathAsync("", "t299")).Select(static t => t.Id));
        Assert.Equal(300, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Cancelled_call_throws_and_changes_nothing()
    {
        var store = await Create();
        await store.Line(Ticket, "t1");
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.FindAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetPathAsync("", "t1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetTurnAsync("", "t1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetTreeAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t2"), "t1", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.MoveAsync(Ticket, null, "t1", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DeleteAsync(Ticket, cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PurgeAsync(DateTimeOffset.MaxValue, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetUsageAsync(Ticket, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ListAsync(new() { Tenant = "" }, cancelled));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.Null(await store.GetTurnAsync("", "t2"));
    }
}
