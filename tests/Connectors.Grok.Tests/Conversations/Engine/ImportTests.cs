using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class ImportTests : ScriptedConversationTest
{
    private static readonly ConversationId Copy = new("", "copy");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_throws_when_the_conversation_exists_even_fully_rewound(bool isAtBeginning)
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        using var document = await ExportAsync(manager);
        await manager.RewindAsync(Ticket, isAtBeginning ? 2 : 0);
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => manager.ImportAsync(Ticket, document));
        Assert.Equal("There is a conversation 'ticket-4711' already.", e.Message);
        Assert.Equal(2, (await manager.GetTreeAsync(Ticket)).Count);
        Assert.Equal(isAtBeginning ? 0 : 2, (await manager.GetTurnsAsync(Ticket)).Count);
    }

    [Theory]
    [InlineData("AppendAsync", 1)]
    [InlineData("AppendAsync", 2)]
    [InlineData("MoveAsync", 2)]
    public async Task Failed_import_leaves_no_conversation_and_rethrows_the_store_exception(string at, int time)
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        await manager.RewindAsync(Ticket);
        using var document = await ExportAsync(manager);
        var failure = new ConversationStoreException("The disk is full.");
        var failing = Manager(new HookedStore(Store, name => name == at && --time == 0 ? throw failure : Task.CompletedTask));
        Assert.Same(failure, await Assert.ThrowsAsync<ConversationStoreException>(() => failing.ImportAsync(Copy.Name, document)));
        Assert.Null(await Store.FindAsync(Copy));
        Assert.Equal(2, (await manager.GetTreeAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Cancelled_import_leaves_no_conversation()
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        using var document = await ExportAsync(manager);
        using var source = new CancellationTokenSource();
        var time = 0;
        var cancelled = Manager(new HookedStore(Store, name => name == nameof(ConversationStore.AppendAsync) && ++time == 2 ? source.CancelAsync() : Task.CompletedTask));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.ImportAsync(Copy.Name, document, cancellationToken: source.Token));
        Assert.Equal(2, time);
        Assert.Null(await Store.FindAsync(Copy));
    }

    [Theory]
    [InlineData("AppendAsync", 2)]
    [InlineData("MoveAsync", 2)]
    public async Task Turn_added_during_an_import_is_kept_and_the_import_throws(string at, int time)
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        await manager.RewindAsync(Ticket);
        using var document = await ExportAsync(manager);
        var disturbed = Manager(new HookedStore(Store, async name =>
        {
            if (name == at && --time == 0)
            {
                await Say(Over(new ScriptedClient(Answers("Here!", "r9"))), "Here?", id: Copy.Name);
            }
        }));
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => disturbed.ImportAsync(Copy.Name, document));
        Assert.Equal("The conversation 'copy' was used while it was being imported.", e.Message);
        Assert.Equal("r9", (await manager.GetTurnsAsync(Copy.Name))[^1].ResponseId);
    }

    [Fact]
    public async Task Import_does_not_move_the_head_afterwards_when_it_is_the_last_turn()
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        using var document = await ExportAsync(manager);
        var store = new HookedStore(Store);
        await Manager(store).ImportAsync(Copy.Name, document, trustsSource: true);
        Assert.Equal(["FindAsync", "MoveAsync", "AppendAsync", "AppendAsync"], store.Calls);
        Assert.Equal(["r1", "r2"], (await manager.GetTurnsAsync(Copy.Name)).Select(static t => t.ResponseId));
    }

    private static async Task<MemoryStream> ExportAsync(ConversationManager manager)
    {
        var stream = new MemoryStream();
        await manager.ExportAsync(Ticket, stream);
        stream.Position = 0;
        return stream;
    }
}
