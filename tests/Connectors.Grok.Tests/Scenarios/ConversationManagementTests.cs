using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;
using Moq;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>What can be done with conversations beside talking, and what is kept of them for how long.</summary>
public class ConversationManagementTests : ConversationTestBase
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Regenerating_repeats_the_last_question_in_a_sibling_turn(bool stream)
    {
        var weather = AIFunctionFactory.Create((string city) => $"18 degrees in {city}", "get_weather", "The weather in a city.");
        var options = new ChatOptions { Tools = [weather] };
        var client = Conversations();
        var first = await Say(client, stream, "My name is Alice. Remember this.");
        var asked = await Say(client, stream, "What is the weather in Oslo?", options: options);
        var call = asked.Messages[0].Contents.OfType<FunctionCallContent>().Single();
        await Say(client, stream, [new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "18 degrees in Oslo")])], options: options);

        // The question, not the results that a turn after it brought.
        var again = stream
            ? await client.RegenerateStreamingAsync("ticket-4711", options).ToChatResponseAsync()
            : await client.RegenerateAsync("ticket-4711", options);
        Emulator.Requests[^1].ShouldContinue(first.ResponseId!).ShouldSay("What is the weather in Oslo?");
        Assert.Null(options.AdditionalProperties);
        var called = again.Messages[0].Contents.OfType<FunctionCallContent>().Single();

        // A function loop clones the options of the call, which still name the turn before.
        var (_, same) = await client.Conversations.PrepareRegenerateAsync("ticket-4711", options);
        var answer = await client.GetResponseAsync([new ChatMessage(ChatRole.Tool, [new FunctionResultContent(called.CallId, "19 degrees in Oslo")])], same);
        Emulator.Requests[^1].ShouldContinue(again.ResponseId!);
        Assert.Contains("19", answer.Text, StringComparison.Ordinal);
        Assert.Equal(5, (await client.Conversations.GetTreeAsync("ticket-4711")).Count);
        Assert.Equal(3, (await client.Conversations.GetTurnsAsync("ticket-4711")).Count);
    }

    [Fact]
    public async Task Regenerating_the_first_question_continues_from_no_response()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        await client.RegenerateAsync("ticket-4711");
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinueNothing()));
        Assert.Equal(2, (await client.Conversations.GetTreeAsync("ticket-4711")).Count(static t => t.Depth == 0));

        await Assert.ThrowsAsync<KeyNotFoundException>(() => client.RegenerateAsync("nobody"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Say(client, false, "x", options: new ChatOptions().WithParentTurn("nothing")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client().RegenerateAsync("ticket-4711"));
        var forgetful = Conversations(static o => o.Retention = ConversationRetention.Nothing);
        await Say(forgetful, false, "My name is Alice. Remember this.", "short");
        await Assert.ThrowsAsync<InvalidOperationException>(() => forgetful.RegenerateAsync("short"));
    }

    [Fact]
    public async Task GetAsync_returns_turn_counts_expiry_tokens_and_cost()
    {
        var client = Conversations();
        Assert.Null(await client.Conversations.GetAsync("ticket-4711"));
        var first = await Say(client, false, "My name is Alice. Remember this.");
        Clock.Advance(TimeSpan.FromDays(1));
        var second = await Say(client, false, "What's my name?");
        var third = await client.RegenerateAsync("ticket-4711");
        var state = (await client.Conversations.GetAsync("ticket-4711"))!;
        Assert.Equal(("ticket-4711", 2, 3), (state.ConversationId, state.TurnCount, state.TreeCount));
        Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromDays(30), state.ExpiresAt);
        ChatResponse[] all = [first, second, third];
        Assert.Equal(all.Sum(static r => r.Usage!.GetCostInUsd()), state.CostInUsd);
        Assert.Equal(all.Sum(static r => r.Usage!.InputTokenCount), state.InputTokens);
        Assert.Equal(all.Sum(static r => r.Usage!.OutputTokenCount), state.OutputTokens);
        // A budget counts answers that were asked for again, too.
        Assert.Equal(state.CostInUsd, state.Head!.TotalCostInUsdTicks / 10_000_000_000m);

        await client.Conversations.RewindAsync("ticket-4711", 2);
        state = (await client.Conversations.GetAsync("ticket-4711"))!;
        Assert.Equal((0, 3, null), (state.TurnCount, state.TreeCount, state.ExpiresAt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exported_conversation_continues_in_another_store(bool isSealed)
    {
        var client = Conversations(o => o.Protector = isSealed ? new XorProtector() : null);
        await Say(client, false, "My name is Alice. Remember this.");
        var second = await Say(client, false, "My favourite colour is blue.");
        await client.RegenerateAsync("ticket-4711");
        await client.Conversations.RewindAsync("ticket-4711", 1);
        var text = await Export(client);
        Assert.Contains("\"text\":\"My favourite colour is blue.\"", text, StringComparison.Ordinal);

        var other = new InMemoryConversationStore();
        var elsewhere = Client().AsConversationClient(other, new ConversationOptions { TimeProvider = Clock, Tenant = "b" });
        await elsewhere.Conversations.ImportAsync("copy", Bytes(Indented(text)), trustsSource: true);
        Assert.Equal(3, (await elsewhere.Conversations.GetTreeAsync("copy")).Count);
        Assert.Single(await elsewhere.Conversations.GetTurnsAsync("copy"));
        Assert.Contains("Alice", (await Say(elsewhere, false, "What's my name?", "copy")).Text, StringComparison.Ordinal);
        Assert.Equal("user", Kinds(Emulator.Requests[^1]));
        Assert.NotNull(second.ResponseId);

        // Beside itself, too; and everything but names and ids is as it was.
        await client.Conversations.ImportAsync("beside", Bytes(text), trustsSource: true);
        static string Rest(JsonNode document) => string.Join('\n', document["turns"]!.AsArray().Select(static t => $"{t!["content"]} {t["created"]} {t["cost_in_usd_ticks"]} {t["response"]}"));
        Assert.Equal(Rest(JsonNode.Parse(text)!), Rest(JsonNode.Parse(await Export(client, "beside"))!));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.ImportAsync("beside", Bytes(text)));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Export(client, "nobody"));
    }

    public static TheoryData<string, string> Edits => new()
    {
        { "\"text\":\"My name is Alice. Remember this.\"|\"text\":\"My name is Mallory. Remember this.\"", "edited or damaged: its checksum" },
        { "\"cost_in_usd_ticks\":|\"cost_in_usd_ticks\":1", "edited or damaged" },
        { "\"version\":2,\"conversation\"|\"version\":3,\"conversation\"", "of version 3" },
        { "\"format\":\"connectors-grok-conversation\"|\"format\":\"x\"", "not an exported conversation" },
        { "!\"version\":2,\"model\"|\"version\":9,\"model\"", "newer version" },
        { "!\"parent\":null|\"parent\":\"nobody\"", "There is no turn 'nobody'" },
        { "!\"stored\":true|\"stored\":\"yes\"", "\"stored\" of turns[0] must be true or false" },
        { "!\"created\":\"|\"created\":\"x", "\"created\" of turns[0] must be a time" },
        { "!\"created\":|\"made\":", "\"created\" of turns[0] must be a time (ISO 8601), and is missing" },
        { "!\"input_tokens\":|\"input_tokens\":-", "\"input_tokens\" of turns[0] must be a whole number" },
        { "!\"output_tokens\":|\"output_tokens\":9223372036854775", "\"output_tokens\" of turns[0] must be a whole number" },
        { "!\"input\":[|\"input\":[null,", "a message of \"input\"" },
        { "!\"output\":[{|\"output\":[null,{", "a message of \"output\"" },
        { "!\"contents\":[|\"contents\":[null,", "a content of one, is null" },
        { "!\"content\":{|\"content\":7,\"x\":{", "\"content\" of turns[0] must be an object" },
        { "!\"role\":\"user\"|\"role\":7", "cannot be read" },
        { "!\"id\":\"|\"id\":7,\"x\":\"", "\"id\" of turns[0] must be a text" },
        { "!\"turns\":[|\"turns\":[7,", "turns[0] is not an object" },
        { "!\"turns\":[|\"turns\":7,\"x\":[", "\"turns\" of the document must be a list" },
        { "!\"head\":\"|\"head\":\"x", "which is named as a parent or as the head" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Invalid_import_throws_with_the_reason_and_stores_nothing(string edit, string words)
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        var text = await Export(client);
        if (edit.StartsWith('!'))
        {
            text = WithoutChecksum(text);
        }

        var (from, to) = (edit.TrimStart('!').Split('|')[0], edit.Split('|')[1]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        text = text[..text.IndexOf(from, StringComparison.Ordinal)] + to + text[(text.IndexOf(from, StringComparison.Ordinal) + from.Length)..];
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync("copy", Bytes(text)));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Null(await client.Conversations.GetAsync("copy"));
    }

    [Fact]
    public async Task Import_with_duplicate_ids_cycles_or_a_truncated_document_throws()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "What's my name?");
        var text = WithoutChecksum(await Export(client));
        foreach (var (edit, words) in ((Action<JsonArray>, string)[])
        [
            (static turns => turns[1]!["id"] = turns[0]!["id"]!.GetValue<string>(), "Two turns have the id"),
            (static turns => turns[0]!["parent"] = turns[1]!["id"]!.GetValue<string>(), "their own ancestors"),
            (static turns => turns[0]!["stored_responses"]![0] = 7, "stored_responses[0] is not a text"),
        ])
        {
            var document = JsonNode.Parse(text)!;
            edit(document["turns"]!.AsArray());
            // A list of stored responses is only read where the service's copy counts.
            var whole = words.StartsWith("stored", StringComparison.Ordinal) ? await WithNewChecksum(document) : document.ToJsonString();
            var e = await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync("copy", Bytes(whole), trustsSource: true));
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
        }

        Assert.Contains("cut off", (await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync("copy", Bytes(text[..^9])))).Message, StringComparison.Ordinal);
        Assert.Null(await client.Conversations.GetAsync("copy"));
    }

    [Fact]
    public async Task Edited_import_without_a_checksum_is_resent_in_full()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        var text = WithoutChecksum(await Export(client)).Replace("Alice", "Carol", StringComparison.Ordinal);
        await client.Conversations.ImportAsync("copy", Bytes(text));
        Assert.Contains("Carol", (await Say(client, false, "What's my name?", "copy")).Text, StringComparison.Ordinal);
        Emulator.Requests[^1].ShouldContinueNothing();
    }

    [Fact]
    public async Task Rebuild_throws_when_the_messages_were_not_kept()
    {
        foreach (var retention in (ConversationRetention[])[ConversationRetention.Reasoning, ConversationRetention.Nothing])
        {
            var client = Conversations(o => (o.Retention, o.TimeProvider) = (retention, new ManualTime()));
            var id = retention.ToString();
            await Say(client, false, "My name is Alice. Remember this.", id, new ChatOptions { Instructions = "Be brief." });
            Assert.Contains("Alice", (await Say(client, false, "What's my name?", id)).Text, StringComparison.Ordinal);
            var turn = (await client.Conversations.GetTurnsAsync(id))[0];
            Assert.DoesNotContain("Be brief", Encoding.UTF8.GetString(turn.Content.Span), StringComparison.Ordinal);
            Emulator.ExpireResponses();
            var e = await Assert.ThrowsAsync<GrokException>(() => Say(client, false, "And now?", id));
            Assert.Equal(GrokErrorKind.UnknownResponse, e.Kind);
            Assert.Contains("Retention", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ConversationRetention.Reasoning)]
    [InlineData(ConversationRetention.Nothing)]
    public async Task Function_loop_works_when_no_text_is_kept(ConversationRetention retention)
    {
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => $"18 degrees in {city}", "get_weather", "The weather in a city.")] };
        var client = Conversations(o => o.Retention = retention);
        var asked = await Say(client, false, "What is the weather in Oslo?", options: options);
        var call = asked.Messages[0].Contents.OfType<FunctionCallContent>().Single();
        var answer = await Say(client, false, [new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "18 degrees in Oslo")])], options: options);
        Assert.Contains("18", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_expires_KeepFor_after_its_last_turn()
    {
        var store = new InMemoryConversationStore(Clock);
        var client = Client().AsConversationClient(store, new ConversationOptions { TimeProvider = Clock, KeepFor = TimeSpan.FromDays(7) });
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "Hello.", "other");
        Clock.Advance(TimeSpan.FromDays(6));
        Assert.Contains("Alice", (await Say(client, false, "What's my name?")).Text, StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(1, await client.Conversations.PurgeAsync());
        Assert.Equal(["ticket-4711"], (await client.Conversations.ListAsync().ToListAsync()).Select(static c => c.ConversationId));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.DoesNotContain("Alice", (await Say(client, false, "What's my name?")).Text, StringComparison.Ordinal);
        Emulator.Requests[^1].ShouldContinueNothing();
        Assert.Equal(0, await Conversations().Conversations.PurgeAsync());
    }

    [Fact]
    public async Task QueueTurns_runs_concurrent_turns_one_after_another()
    {
        var client = Conversations(static o => o.QueueTurns = true);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => i % 2 == 0
            ? Say(client, stream: i % 4 == 0, $"Turn number {i}.")
            : Say(client, stream: false, $"Turn number {i}.")));
        var turns = await client.Conversations.GetTurnsAsync("ticket-4711");
        Assert.Equal(16, turns.Count);
        Assert.Single(await client.Conversations.ListAsync().ToListAsync());

        // One that gives up waiting leaves the line, and one that fails lets the next one go.
        await using var slow = client.GetStreamingResponseAsync("count to 50", new ChatOptions { ConversationId = "ticket-4711" }).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        using var impatient = new CancellationTokenSource();
        var waiting = client.GetResponseAsync("x", new ChatOptions { ConversationId = "ticket-4711" }, impatient.Token);
        Assert.False(waiting.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var next = Say(client, false, "What is 101*3");
        Assert.False(next.IsCompleted);
        await slow.DisposeAsync();
        Assert.Contains("303", (await next).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_of_an_unknown_call_throws_before_a_request_is_sent()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Say(client, false, [new ChatMessage(ChatRole.Tool, [new FunctionResultContent("call_x", "1")])]));
        Assert.Equal("messages", e.ParamName);
        Assert.Contains("call_x", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Say(client, false, [null!]));
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.GetResponseAsync((IEnumerable<ChatMessage>)null!));
        Assert.Single(Emulator.Requests);
    }

    [Fact]
    public async Task Failed_deletions_of_stored_responses_can_be_retried()
    {
        using var http = new HttpClient(new FailsFirstDelete { InnerHandler = Emulator.CreateHandler() }) { Timeout = Timeout.InfiniteTimeSpan };
        using var grok = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress }, http);
        var client = grok.AsConversationClient(Store, new ConversationOptions { TimeProvider = Clock });
        var first = await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "What's my name?");
        var e = await Assert.ThrowsAsync<ConversationDeleteException>(() => client.Conversations.DeleteAsync("ticket-4711"));
        Assert.Equal([first.ResponseId!], e.ResponseIds);
        Assert.Null(await client.Conversations.GetAsync("ticket-4711"));
        Assert.Equal(1, Emulator.StoredResponses);
        Assert.Equal(1, await client.Conversations.DeleteResponsesAsync(e.ResponseIds));
        Assert.Equal(0, Emulator.StoredResponses);
        Assert.Equal(0, await client.Conversations.DeleteResponsesAsync(e.ResponseIds));

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        e = await Assert.ThrowsAsync<ConversationDeleteException>(() => client.Conversations.DeleteResponsesAsync(["a", "b"], cancelled.Token));
        Assert.Equal(["a", "b"], e.ResponseIds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_is_in_the_exception_when_the_store_fails(bool stream)
    {
        var down = new Mock<ConversationStore>();
        down.Setup(static s => s.AppendAsync(It.IsAny<ConversationId>(), It.IsAny<ConversationTurn>(), null, null, It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ConversationStoreException("The disk is full.") { IsTransient = true });
        var client = Client().AsConversationClient(down.Object, new ConversationOptions { TimeProvider = Clock });
        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => Say(client, stream, "What is 101*3"));
        Assert.Contains("303", e.Response!.Text, StringComparison.Ordinal);
        Assert.True(e.IsTransient);
        Assert.Equal("The disk is full.", e.Message);
    }

    [Fact]
    public void Invalid_conversation_options_throw_with_the_option_name()
    {
        foreach (var (wrong, name) in ((Action<ConversationOptions>, string)[])
        [
            (static o => o.Tenant = "\0", nameof(ConversationOptions.Tenant)),
            (static o => o.TimeProvider = null!, nameof(ConversationOptions.TimeProvider)),
            (static o => o.ServerRetention = TimeSpan.Zero, nameof(ConversationOptions.ServerRetention)),
            (static o => o.KeepFor = TimeSpan.Zero, nameof(ConversationOptions.KeepFor)),
            (static o => o.Budget = -1, nameof(ConversationOptions.Budget)),
            (static o => o.ContinuationInstructions = (ContinuationInstructions)9, nameof(ConversationOptions.ContinuationInstructions)),
            (static o => o.Conflict = (ConversationConflict)9, nameof(ConversationOptions.Conflict)),
            (static o => o.Retention = (ConversationRetention)9, nameof(ConversationOptions.Retention)),
        ])
        {
            Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => Conversations(wrong)).ParamName);
        }

        Assert.ThrowsAny<ArgumentException>(() => Conversations().Conversations.ForTenant("\ud800"));
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Indented(string json) => JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static string WithoutChecksum(string json)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        Assert.True(document.Remove("checksum"));
        return document.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static async Task<string> Export(ConversationChatClient client, string id = "ticket-4711")
    {
        using var stream = new MemoryStream();
        await client.Conversations.ExportAsync(id, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The document with the checksum that the library would have written for it, to reach what lies behind the check.</summary>
    private static Task<string> WithNewChecksum(JsonNode document)
    {
        var body = $"[{Compact(document["head"])},{Compact(document["turns"])}]";
        document["checksum"] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        return Task.FromResult(Compact(document));

        static string Compact(JsonNode? node) => node!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Refuses the first deletion.</summary>
    private sealed class FailsFirstDelete : DelegatingHandler
    {
        private bool _hasRefused;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Delete || _hasRefused)
            {
                return base.SendAsync(request, cancellationToken);
            }

            _hasRefused = true;
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable));
        }
    }
}
