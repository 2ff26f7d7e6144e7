using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Names and ids come from callers and from the service: they never break a line of a log or of an exception message, and stay as they are everywhere else.</summary>
public class PrintableNamesTests : ScriptedConversationTest
{
    private const string Name = "ticket\r\nWarning: \u001B[31mforged\u2028\u202E";
    private const string Shown = "ticket\\u000D\\u000AWarning: \\u001B[31mforged\\u2028\\u202E";

    [Fact]
    public async Task Exception_messages_show_names_and_ids_escaped()
    {
        var client = Over(new ScriptedClient(Answers("one", "r1"), Answers("two", "r2"), Answers("three", "r3")), static o => o.ContinuationInstructions = ContinuationInstructions.Throw);
        await Say(client, "One.", new ChatOptions { Instructions = "Be brief." }, id: Name);
        var manager = client.Conversations;
        var budget = Over(new ScriptedClient(), static o => o.Budget = 0);
        var stored = (await Store.GetTreeAsync(new("", Name)))[0];
        Assert.True(await Store.ReplaceAsync("", stored with { TotalCostInUsdTicks = 1 }, stored.Content));
        using var document = new MemoryStream();
        await manager.ExportAsync(Name, document);
        foreach (var (kind, act) in ((string, Func<Task>)[])
        [
            ("missing", () => manager.ExportAsync(Name + "!", new MemoryStream())),
            ("missing turn", () => manager.GoToAsync(Name, Name)),
            ("parent", () => Say(client, "Two.", new ChatOptions().WithParentTurn(Name))),
            ("taken", () => manager.ForkAsync(Name, Name)),
            ("import", async () =>
            {
                document.Position = 0;
                await manager.ImportAsync(Name, document);
            }),
            ("budget", () => Say(budget, "Two.", id: Name)),
            ("instructions", () => Say(client, "Two.", new ChatOptions { Instructions = "Be long." }, id: Name)),
            ("orphan", () => Say(client, [new(ChatRole.Tool, [new FunctionResultContent(Name, "1")])], id: Name)),
            ("moved", () => Manager(new HookedStore(Store, async name => _ = name == nameof(ConversationStore.MoveAsync) && await Store.MoveAsync(new("", Name), null, stored.Id))).RewindAsync(Name)),
            ("nothing asked", () => client.RegenerateAsync(Name)),
            ("stored turn", async () =>
            {
                await Store.AppendAsync(new("", "other"), new() { Id = Name, Depth = 0, IsStored = false, CreatedAt = default }, null);
                await Store.AppendAsync(new("", "third"), new() { Id = Name, Depth = 0, IsStored = false, CreatedAt = default }, null);
            }),
            ("conflict", () => throw new ConversationConflictException(Name, Name, new ChatResponse())),
            ("store", async () => await new ImportedMeanwhile(Store).ImportAsync(new("", Name + "2"), [stored with { Id = "new" }], "new")),
        ])
        {
            var e = await Assert.ThrowsAnyAsync<Exception>(act);
            Assert.True(e.Message.Contains(Shown, StringComparison.Ordinal), $"{kind}: {e.Message}");
            Assert.True(!e.Message.Any(static c => char.IsControl(c) || c is '\u2028' or '\u202E'), kind);
        }

        // The properties hold the name itself.
        var conflict = new ConversationConflictException(Name, Name, new ChatResponse());
        Assert.Equal((Name, Name), (conflict.ConversationId, conflict.ForkId));
    }

    [Fact]
    public async Task Log_lines_show_names_escaped()
    {
        var log = new ListLogger();
        var client = Over(new ScriptedClient(Answers([Call("c1")], null), Answers("two", null), Answers("three")), o => o.LoggerFactory = log);
        await Say(client, "One.", id: Name);
        await Say(client, "Two.", id: Name);
        await Say(client, [.. await client.Conversations.GetMessagesAsync(Name), new(ChatRole.Tool, [new FunctionResultContent("nobody's", "1")]), new(ChatRole.User, "Three.")], id: Name);
        Assert.Contains(log.Lines, static l => l == $"Resending the conversation {Shown} in full: NotStored.");
        Assert.Contains(log.Lines, static l => l == $"Left out function results from the history of the conversation {Shown}, because their calls are not in it.");
        Assert.Contains(log.Lines, static l => l.StartsWith("Left out function calls of the turn ", StringComparison.Ordinal));
        Assert.All(log.Lines, static l => Assert.DoesNotContain(l, char.IsControl));
    }

    /// <summary>A store in which every append meets another writer.</summary>
    private sealed class ImportedMeanwhile(ConversationStore store) : HookedStore(store)
    {
        public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) => new(false);
    }
}
