using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>A conversation that goes through a document: all of it comes back, unless it was edited.</summary>
public class ConversationDocumentTests
{
    private const string Id = "ticket-4711";
    private readonly InMemoryConversationStore _store = new();
    private readonly ScriptedClient _model = new(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", null), static () => ScriptedClient.Text("Well.", "r3"));

    [Fact]
    public async Task Imported_conversation_equals_the_exported_one_with_new_turn_ids()
    {
        using var client = await CreateConversationAsync();
        await ImportAsync(client, await ExportAsync(client));
        var (before, after) = (await client.Conversations.GetTreeAsync(Id), await client.Conversations.GetTreeAsync("copy"));
        Assert.Equal(before.Select(Said), after.Select(Said));
        Assert.Equal(("grok-4.7", true, false), (after[0].Model, after[0].ExpiresAt is not null, after[1].IsStored));
        Assert.NotNull(after[0].InstructionsHash);
        Assert.Equal(["r1"], after[0].StoredResponseIds);
        Assert.Equal(before.Select(static t => t.Content.ToArray()), after.Select(static t => t.Content.ToArray()));
        Assert.Equal([null, after[0].Id], after.Select(static t => t.ParentId));
        Assert.All(after, static t => Assert.Matches("^[0-9a-f]{32}$", t.Id));
        Assert.Equal(after[1].Id, (await client.Conversations.GetAsync("copy"))!.Head!.Id);

        static ConversationTurn Said(ConversationTurn turn) => turn with { Id = "", ParentId = null, Content = default, StoredResponseIds = [] };
    }

    [Fact]
    public async Task Edited_import_keeps_no_response_ids_and_no_fingerprints()
    {
        using var client = await CreateConversationAsync();
        var document = await ExportAsync(client);
        Assert.True(document.Remove("checksum"));
        await ImportAsync(client, document);
        var turns = await client.Conversations.GetTurnsAsync("copy");
        Assert.All(turns, static t => Assert.Equal((null, false, null, 0), (t.ResponseId, t.IsStored, t.ExpiresAt, t.StoredResponseIds.Count)));
        Assert.Equal((await client.Conversations.GetTurnsAsync(Id)).Select(static t => t.Fingerprint), turns.Select(static t => t.Fingerprint));
        Assert.Equal((await client.Conversations.GetTurnsAsync(Id))[0].InstructionsHash, turns[0].InstructionsHash);
    }

    [Fact]
    public async Task Fully_rewound_conversation_is_still_rewound_after_an_import()
    {
        using var client = await CreateConversationAsync();
        await client.Conversations.RewindAsync(Id, 2);
        await ImportAsync(client, await ExportAsync(client));
        Assert.Empty(await client.Conversations.GetTurnsAsync("copy"));
        Assert.Equal(2, (await client.Conversations.GetTreeAsync("copy")).Count);
    }

    /// <summary>Else the alias of a model would look like another one.</summary>
    [Fact]
    public async Task Imported_turn_keeps_the_requested_model_name()
    {
        using var client = _model.AsConversationClient(_store);
        await client.GetResponseAsync("Is it?", new ChatOptions { ConversationId = Id, ModelId = "grok-fast" });
        await ImportAsync(client, await ExportAsync(client));
        await client.GetResponseAsync("Sure?", new ChatOptions { ConversationId = "copy", ModelId = "grok-fast" });
        Assert.Equal("r1", _model.Sent[1].Options!.ConversationId);
    }

    [Fact]
    public async Task Imported_conversation_keeps_its_instructions_for_a_rebuild()
    {
        using var client = await CreateConversationAsync();
        await ImportAsync(client, await ExportAsync(client));
        await client.GetResponseAsync("Sure?", new ChatOptions { ConversationId = "copy" });
        Assert.Equal(("Be brief.", 5), (_model.Sent[2].Options!.Instructions, _model.Sent[2].Messages.Count));
    }

    [Theory]
    [InlineData("id", null, "\"id\" of turns[0] must be a text, and is missing.")]
    [InlineData("id", 5L, "\"id\" of turns[0] must be a text.")]
    [InlineData("stored", 5L, "\"stored\" of turns[0] must be true or false.")]
    [InlineData("created", null, "\"created\" of turns[0] must be a time (ISO 8601), and is missing.")]
    [InlineData("created", "today", "\"created\" of turns[0] must be a time (ISO 8601).")]
    [InlineData("content", 5L, "\"content\" of turns[0] must be an object.")]
    [InlineData("input_tokens", -1L, "\"input_tokens\" of turns[0] must be a whole number from 0 to 10^15.")]
    [InlineData("input_tokens", 0L, null)]
    [InlineData("input_tokens", 1_000_000_000_000_000L, null)]
    [InlineData("input_tokens", 1_000_000_000_000_001L, "\"input_tokens\" of turns[0] must be a whole number from 0 to 10^15.")]
    [InlineData("parent", "p", "There is no turn 'p', which is named as a parent or as the head.")]
    public async Task Import_validates_members_and_names_the_invalid_one_with_its_rule(string member, object? value, string? words)
    {
        using var client = await CreateConversationAsync();
        var document = await ExportAsync(client);
        document.Remove("checksum");
        document["turns"]![0]![member] = value switch { null => null, long number => number, _ => (string)value };
        if (member == "parent")
        {
            // A wrong parent is named before a wrong head.
            document["head"] = "h";
        }

        var e = await Record.ExceptionAsync(() => ImportAsync(client, document));
        Assert.Equal(words, (e as InvalidDataException)?.Message ?? e?.ToString());
    }

    [Fact]
    public async Task Import_of_invalid_JSON_throws_with_the_line_and_byte()
    {
        using var client = _model.AsConversationClient(_store);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync("copy", new MemoryStream("{\n  what"u8.ToArray())));
        Assert.Equal("The document is not JSON, or was cut off: line 2, byte 3.", e.Message);
    }

    private async Task<ConversationChatClient> CreateConversationAsync()
    {
        var client = _model.AsConversationClient(_store);
        await client.GetResponseAsync("Is it?", new ChatOptions { ConversationId = Id, Instructions = "Be brief." });
        await client.GetResponseAsync("Is it not?", new ChatOptions { ConversationId = Id });
        return client;
    }

    private static async Task<JsonObject> ExportAsync(ConversationChatClient client)
    {
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync(Id, document);
        return (JsonObject)JsonNode.Parse(document.ToArray())!;
    }

    private static Task ImportAsync(ConversationChatClient client, JsonObject document) =>
        client.Conversations.ImportAsync("copy", new MemoryStream(Encoding.UTF8.GetBytes(document.ToJsonString())), trustsSource: true);
}
