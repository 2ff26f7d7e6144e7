using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Tests.Conversations.Engine;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>Documents as they come from elsewhere: written again by a database, damaged, hostile or too large.</summary>
public class ImportedDocumentTests : ScriptedConversationTest
{
    private const string Copy = "copy";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData(ConversationRetention.Everything)]
    [InlineData(ConversationRetention.Reasoning)]
    [InlineData(ConversationRetention.Nothing)]
    public async Task Document_that_a_database_wrote_again_is_imported_as_it_was(ConversationRetention retention)
    {
        var client = await CreateAsync(o => o.Retention = retention);
        var document = await ExportAsync(client.Conversations, Ticket);
        var stored = AsJsonb(document);
        Assert.NotEqual(document, stored);
        await client.Conversations.ImportAsync(Copy, Bytes(stored), trustsSource: true);

        // All but names and ids is as it was, also what the next turn must know of each turn.
        Assert.Equal(Rest(document), Rest(await ExportAsync(client.Conversations, Copy)));
        Assert.Equal(await KeyColumnsAsync(Ticket), await KeyColumnsAsync(Copy));

        // The answers' own fingerprints are computed from the messages, where there are any.
        async Task<List<(string?, string?, string?, bool)>> KeyColumnsAsync(string id) => [.. (await client.Conversations.GetTreeAsync(id)).Select(
            t => (t.Fingerprint, retention == ConversationRetention.Everything ? t.AnswerFingerprint : null, t.ResponseId, t.IsStored))];
    }

    [Fact]
    public async Task Reordered_document_that_was_edited_is_rejected()
    {
        var client = await CreateAsync();
        var stored = AsJsonb(await ExportAsync(client.Conversations, Ticket)).Replace("Is it warm", "Is it cold", StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync(Copy, Bytes(stored), trustsSource: true));
        Assert.Contains("its checksum is wrong", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_with_the_checksum_of_an_earlier_build_is_imported()
    {
        var client = await CreateAsync();
        var document = JsonNode.Parse(await ExportAsync(client.Conversations, Ticket))!;
        document["checksum"] = EarlierChecksum(document);
        await client.Conversations.ImportAsync(Copy, Bytes(document.ToJsonString(Relaxed)), trustsSource: true);
        Assert.Equal(2, (await client.Conversations.GetTreeAsync(Copy)).Count);
    }

    [Theory]
    [InlineData("100", "1E+2")]
    [InlineData("100", "100.000")]
    [InlineData("0", "-0.0")]
    [InlineData("0.1", "1e-1")]
    [InlineData("1E+300", "10e299")]
    [InlineData("12345678901234567890123456789012345678901234567890", "1.2345678901234567890123456789012345678901234567890e49")]
    public void Checksum_does_not_depend_on_how_a_number_or_an_object_is_written(string one, string other)
    {
        Assert.Equal(Checksum($$"""{"head":null,"turns":[{"a":{{one}},"b":[true,{"x":"ü","y":null}]}]}"""), Checksum($$"""{ "turns": [ {"b":[true,{"y":null,"x":"\u00fc"}], "a":1, "a":{{other}} }], "head":null, "z":7}"""));
        Assert.NotEqual(Checksum($$"""{"turns":[{{one}}]}"""), Checksum("""{"turns":[7]}"""));

        static string Checksum(string json) => DocumentChecksum.Compute(JsonDocument.Parse(json).RootElement);
    }

    [Fact]
    public void Checksum_of_a_number_beyond_all_ranges_is_that_of_its_text() =>
        Assert.NotEqual(DocumentChecksum.Compute(JsonDocument.Parse("""{"turns":[1e400]}""").RootElement), DocumentChecksum.Compute(JsonDocument.Parse("""{"turns":[1e401]}""").RootElement));

    /// <summary>Edits of a document without a checksum, and the expected words.</summary>
    public static TheoryData<string, Action<JsonObject>, string> Edits => new()
    {
        { "half a pair in a model", static d => First(d)["model"] = "HALF", "\"model\" of turns[0] is not valid Unicode: it holds half a surrogate pair." },
        { "half a pair in a message", static d => First(d)["content"]!["input"]![0]!["contents"]![1]!["text"] = "HALF", "cannot be read" },
        { "half a pair in the instructions", static d => First(d)["content"]!["instructions"] = "HALF", "cannot be read" },
        { "half a pair in the head", static d => d["head"] = "HALF", "\"head\" of the document is not valid Unicode" },
        { "NUL in a model", static d => First(d)["model"] = "grok\0", "\"model\" of turns[0] holds the character NUL, which no store can keep." },
        { "NUL in a hash", static d => First(d)["instructions_hash"] = "\0", "\"instructions_hash\" of turns[0] holds the character NUL" },
        { "kept is a number", static d => First(d)["content"]!["kept"] = 1, "cannot be read" },
        { "kept is a number as text", static d => First(d)["content"]!["kept"] = "1", "its \"kept\" must be Everything, Reasoning or Nothing." },
        { "kept is a list of names", static d => First(d)["content"]!["kept"] = "Reasoning,Nothing", "its \"kept\" must be" },
        { "kept is an object", static d => First(d)["content"]!["kept"] = new JsonObject(), "cannot be read" },
        { "kept is a list", static d => First(d)["content"]!["kept"] = new JsonArray("Nothing"), "cannot be read" },
        { "kind is a number as text", static d => First(d)["kind"] = "2", "\"kind\" of turns[0] must be Answer, Unanswered or Compaction." },
        { "kind is a number", static d => First(d)["kind"] = 2, "\"kind\" of turns[0] must be a text." },
        { "a hash is none", static d => First(d)["content"]!["hash"] = "zz", "must be SHA-256 hashes, in hexadecimal digits." },
        { "a hash is short", static d => First(d)["content"]!["hash_before_run"] = "AB", "must be SHA-256 hashes, in hexadecimal digits." },
        { "an id breaks the line", static d => First(d)["parent"] = "a\r\nb\u001B", "There is no turn 'a\\u000D\\u000Ab\\u001B'" },
    };

    [Theory]
    [MemberData(nameof(Edits), DisableDiscoveryEnumeration = true)]
    public async Task Document_with_a_wrong_value_is_rejected_with_words(string edit, Action<JsonObject> act, string words)
    {
        var client = await CreateAsync();
        var document = JsonNode.Parse(await ExportAsync(client.Conversations, Ticket))!.AsObject();
        document.Remove("checksum");
        act(document);
        var text = document.ToJsonString(Relaxed).Replace("HALF", "a\\ud83d", StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync(Copy, Bytes(text)));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.True(!e.Message.Any(char.IsControl), edit);
        Assert.Null(await Store.FindAsync(new("", Copy)));

        // With a checksum too, whatever it is.
        var withChecksum = text[..^1] + ",\"checksum\":\"AB\"}";
        Assert.NotEmpty((await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync(Copy, Bytes(withChecksum), trustsSource: true))).Message);
    }

    [Fact]
    public async Task Texts_of_a_turn_that_says_it_keeps_none_are_not_imported()
    {
        var client = await CreateAsync();
        var document = JsonNode.Parse(await ExportAsync(client.Conversations, Ticket))!.AsObject();
        document.Remove("checksum");
        foreach (var turn in document["turns"]!.AsArray())
        {
            turn!["content"]!["kept"] = "Nothing";
        }

        await client.Conversations.ImportAsync(Copy, Bytes(document.ToJsonString(Relaxed)));
        Assert.Empty(await client.Conversations.GetMessagesAsync(Copy));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Document_larger_than_the_limit_is_rejected_before_it_is_read_to_its_end(int missing)
    {
        var client = await CreateAsync();
        var document = Encoding.UTF8.GetBytes(await ExportAsync(client.Conversations, Ticket));
        var limited = Over(new ScriptedClient(), o => o.MaxImportBytes = document.Length - missing).Conversations;
        using var source = new MemoryStream(document);
        if (missing == 0)
        {
            await limited.ImportAsync(Copy, source);
            Assert.Equal(2, (await limited.GetTreeAsync(Copy)).Count);
            return;
        }

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => limited.ImportAsync(Copy, source));
        Assert.Equal($"The document is larger than {document.Length - 1} bytes, which is the limit of ConversationOptions.MaxImportBytes. Raise the limit if you trust its source.", e.Message);

        // An endless one is not read to its end.
        using var endless = new EndlessStream();
        await Assert.ThrowsAsync<InvalidDataException>(() => limited.ImportAsync(Copy, endless));
        Assert.InRange(endless.Position, document.Length, 1 << 20);
        Assert.Null(await Store.FindAsync(new("", Copy)));
    }

    [Fact]
    public async Task Import_whose_protector_lost_its_key_throws_a_store_exception()
    {
        var client = await CreateAsync();
        var document = await ExportAsync(client.Conversations, Ticket);
        var keyless = Over(new ScriptedClient(Answers("paid", "r9")), static o => o.Protector = new LostKey());
        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => keyless.Conversations.ImportAsync(Copy, Bytes(document)));
        Assert.Contains("cannot be encrypted: the protector failed, for example because its key is lost. The key is gone.", e.Message, StringComparison.Ordinal);
        Assert.IsType<CryptographicException>(e.InnerException);
        Assert.Null(await Store.FindAsync(new("", Copy)));

        // Whatever reads or writes a turn: one exception, with the answer where one was paid for.
        Assert.Equal("paid", (await Assert.ThrowsAsync<ConversationStoreException>(() => Say(keyless, "A new question.", id: "new"))).Response!.Text);
        foreach (var read in (Func<Task>[])
        [
            () => Say(keyless, "More."), () => keyless.RegenerateAsync(Ticket), () => keyless.Conversations.GetMessagesAsync(Ticket), () => keyless.Conversations.BindAsync(),
            () => keyless.Conversations.ExportAsync(Ticket, new MemoryStream()), async () => keyless.Conversations.Read((await Store.GetTreeAsync(new("", Ticket)))[0]),
        ])
        {
            Assert.Contains("cannot be decrypted", (await Assert.ThrowsAsync<ConversationStoreException>(read)).Message, StringComparison.Ordinal);
        }
    }

    private static JsonNode First(JsonObject document) => document["turns"]![0]!;

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ExportAsync(ConversationManager manager, string id)
    {
        using var stream = new MemoryStream();
        await manager.ExportAsync(id, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The document as PostgreSQL's type jsonb returns it: members by length and then by bytes, a space after commas and colons, plain numbers.</summary>
    private static string AsJsonb(string json)
    {
        return Write(JsonNode.Parse(json));

        static string Write(JsonNode? node) => node switch
        {
            JsonObject members => $"{{{string.Join(", ", members.OrderBy(static m => Encoding.UTF8.GetByteCount(m.Key)).ThenBy(static m => m.Key, StringComparer.Ordinal).Select(static m => $"{JsonValue.Create(m.Key).ToJsonString(Relaxed)}: {Write(m.Value)}"))}}}",
            JsonArray items => $"[{string.Join(", ", items.Select(Write))}]",
            null => "null",
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.GetValue<decimal>().ToString("0.############################", System.Globalization.CultureInfo.InvariantCulture),
            _ => node.ToJsonString(Relaxed),
        };
    }

    /// <summary>The members of the document whose order means nothing, without names and ids.</summary>
    private static string Rest(string json)
    {
        var document = JsonNode.Parse(json)!;
        return string.Join('\n', document["turns"]!.AsArray().Select(static t => AsJsonb($$"""{"content":{{t!["content"]!.ToJsonString(Relaxed)}},"created":"{{t["created"]}}","cost":{{t["cost_in_usd_ticks"]}},"response":"{{t["response"]}}"}""")));
    }

    private static string EarlierChecksum(JsonNode document)
    {
        static string Compact(JsonNode? node) => node!.ToJsonString(Relaxed);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"[{Compact(document["head"])},{Compact(document["turns"])}]")));
    }

    /// <summary>A conversation with many kinds of contents.</summary>
    private async Task<ConversationChatClient> CreateAsync(Action<ConversationOptions>? configure = null)
    {
        var client = Over(
            new ScriptedClient(
                Answers([new TextReasoningContent("I think.") { ProtectedData = "blob" }, new TextContent("A cat.") { Annotations = [new CitationAnnotation { Title = "Cats", Url = new("https://example.org/cats") }] }]),
                Answers([new FunctionCallContent("c1", "get_weather", new Dictionary<string, object?> { ["zone"] = 1e20, ["a"] = 0.25, ["city"] = new Dictionary<string, object?> { ["name"] = "Oslo", ["at"] = null } })], "r2")),
            configure);
        await Say(client, [new(ChatRole.User, [new DataContent(new byte[] { 1, 2, 3 }, "image/png"), new TextContent("What is it?")])], new ChatOptions { Instructions = "Be brief." });
        await Say(client, "Is it warm?");
        return client;
    }

    private sealed class LostKey : IConversationProtector
    {
        public byte[] Protect(byte[] content, byte[] associatedData) => throw new CryptographicException("The key is gone.");

        public byte[] Unprotect(byte[] encrypted, byte[] associatedData) => throw new CryptographicException("The key is gone.");
    }

    /// <summary>A text without an end.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        private long _read;

        public override long Position { get => _read; set => _read = value; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)(_read == 0 ? '"' : 'x'));
            _read += buffer.Length;
            return new(buffer.Length);
        }
    }
}
