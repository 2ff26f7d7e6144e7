using System.Net;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Nothing that is done with conversations comes back to its caller's context, whichever step it waits for.</summary>
public class ManagerContextTests
{
    private const string Id = "ticket-4711";
    private readonly ManualTime _clock = new();

    [Fact]
    public Task GetTurnsAsync_does_not_capture_the_callers_context() => IsNotUsed(static async m => Assert.Equal(2, (await m.GetTurnsAsync(Id).ConfigureAwait(false)).Count));

    [Fact]
    public Task GetTreeAsync_does_not_capture_the_callers_context() => IsNotUsed(static async m => Assert.Equal(2, (await m.GetTreeAsync(Id).ConfigureAwait(false)).Count));

    [Fact]
    public Task GetAsync_does_not_capture_the_callers_context() => IsNotUsed(static async m => Assert.Equal(2, (await m.GetAsync(Id).ConfigureAwait(false))!.TurnCount));

    [Fact]
    public Task ListAsync_does_not_capture_the_callers_context() => IsNotUsed(static async m =>
    {
        await foreach (var info in m.ListAsync().ConfigureAwait(false))
        {
            Assert.Equal(Id, info.ConversationId);
        }
    });

    [Fact]
    public Task ForkAsync_does_not_capture_the_callers_context() => IsNotUsed(async (m, store) => await m.ForkAsync(Id, "fork", await HeadAsync(store).ConfigureAwait(false)).ConfigureAwait(false));

    [Fact]
    public Task RewindAsync_does_not_capture_the_callers_context() => IsNotUsed(static m => m.RewindAsync(Id));

    [Fact]
    public Task GoToAsync_does_not_capture_the_callers_context() => IsNotUsed(async (m, store) => await m.GoToAsync(Id, await HeadAsync(store).ConfigureAwait(false)).ConfigureAwait(false));

    [Fact]
    public Task PrepareRegenerateAsync_does_not_capture_the_callers_context() => IsNotUsed(static async m => Assert.Single((await m.PrepareRegenerateAsync(Id).ConfigureAwait(false)).Messages));

    [Fact]
    public Task RegenerateAsync_does_not_capture_the_callers_context() => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        using var client = Client(s, await StoreAsync().ConfigureAwait(false));
        Assert.Equal("Yes.", (await client.RegenerateAsync(Id).ConfigureAwait(false)).Text);
    });

    [Fact]
    public Task RegenerateStreamingAsync_does_not_capture_the_callers_context() => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        using var client = Client(s, await StoreAsync().ConfigureAwait(false));
        await foreach (var update in client.RegenerateStreamingAsync(Id).ConfigureAwait(false))
        {
            Assert.Equal("Yes.", update.Text);
        }
    });

    [Fact]
    public Task ExportAsync_does_not_capture_the_callers_context() => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        using var client = Client(s, await StoreAsync().ConfigureAwait(false));
        await client.Conversations.ExportAsync(Id, new GatedStream([], s.NextAsync())).ConfigureAwait(false);
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public Task ImportAsync_does_not_capture_the_callers_context(bool isRewound, bool failsToAppend) => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        var store = await StoreAsync().ConfigureAwait(false);
        using var client = Client(new Steps(0, Task.CompletedTask), store);
        if (isRewound)
        {
            await client.Conversations.RewindAsync(Id).ConfigureAwait(false);
        }

        using var document = new MemoryStream();
        await client.Conversations.ExportAsync(Id, document).ConfigureAwait(false);
        using var into = Client(s, store, failsToAppend);
        var source = new GatedStream(document.ToArray(), s.NextAsync());
        try
        {
            await into.Conversations.ImportAsync("copy", source).ConfigureAwait(false);
            Assert.False(failsToAppend);
        }
        catch (ConversationStoreException)
        {
            Assert.Null(await store.FindAsync(new ConversationId("", "copy")).ConfigureAwait(false));
        }
    });

    [Fact]
    public Task DeleteAsync_does_not_capture_the_callers_context() => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        var store = await StoreAsync(1).ConfigureAwait(false);
        static HttpResponseMessage Deleted() => new(HttpStatusCode.OK) { Content = new ByteArrayContent("""{"id":"r0","object":"response","deleted":true}"""u8.ToArray()) };
        using var http = new HttpClient(new GatedHandler((s.NextAsync(), Deleted)));
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint }, http).AsConversationClient(new HookedStore(store, _ => s.NextAsync()));
        Assert.Equal(1, await client.Conversations.DeleteAsync(Id).ConfigureAwait(false));
    });

    [Fact]
    public Task PurgeAsync_does_not_capture_the_callers_context() => IsNotUsed(async m =>
    {
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await m.PurgeAsync().ConfigureAwait(false));
    });

    private static async Task<string> HeadAsync(InMemoryConversationStore store) => (await store.FindAsync(new ConversationId("", Id)).ConfigureAwait(false))!.Head!;

    private Task IsNotUsed(Func<ConversationManager, Task> call) => IsNotUsed((manager, _) => call(manager));

    private Task IsNotUsed(Func<ConversationManager, InMemoryConversationStore, Task> call) => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        var store = await StoreAsync().ConfigureAwait(false);
        using var client = Client(s, store);
        await call(client.Conversations, store).ConfigureAwait(false);
    });

    /// <summary>A store with a conversation of some turns.</summary>
    private async Task<InMemoryConversationStore> StoreAsync(int turns = 2)
    {
        var store = new InMemoryConversationStore(_clock);
        for (var turn = 0; turn < turns; turn++)
        {
            using var model = new ScriptedClient(() => ScriptedClient.Text("Yes.", $"r{turn}"));
            using var client = model.AsConversationClient(store, new ConversationOptions { TimeProvider = _clock });
            await client.GetResponseAsync("Is it?", new ChatOptions { ConversationId = Id }).ConfigureAwait(false);
        }

        return store;
    }

    private ConversationChatClient Client(Steps steps, InMemoryConversationStore store, bool failsToAppend = false) =>
        new ScriptedClient(static () => ScriptedClient.Text("Yes.")) { Steps = steps }.AsConversationClient(
            new HookedStore(store, async name =>
            {
                await steps.NextAsync().ConfigureAwait(false);
                if (failsToAppend && name == nameof(ConversationStore.AppendAsync))
                {
                    throw new ConversationStoreException("The disk is full.");
                }
            }),
            new ConversationOptions { TimeProvider = _clock, KeepFor = TimeSpan.FromDays(1) });
}
