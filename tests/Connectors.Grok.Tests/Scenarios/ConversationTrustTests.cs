using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>What a conversation does not believe: edited documents and marks, content of other rows, odd counts, layers that leave out the end of an answer, caches.</summary>
public sealed class ConversationTrustTests : StatefulServiceTest
{
    public static TheoryData<bool, bool, string> EditedMarks => new MatrixTheoryData<bool, bool, string>([false, true], [false, true], ["response id", "all marks of another history", "made up"]);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Imported_document_with_another_response_id_and_checksum_is_not_continued_by_id(bool stream, bool hasKey)
    {
        var victim = await Service.GetResponseAsync([User("My name is Alice.")]);
        var client = Conversations(o => o.HistoryKey = hasKey ? Some.HistoryKey : null);
        var answer = await client.Ask(stream, [User("question 1")], Named());
        await ImportAsync(client, "copy", answer.ResponseId!, victim.ResponseId!);
        await client.Ask(stream, [User("What is my name?")], Named(id: "copy"));
        Assert.Equal(Text([User("question 1"), .. answer.Messages, User("What is my name?")]), Text(Service.Seen));
        Assert.Equal(3, Service.Sent);
        await client.Ask(stream, [User("question 3")], Named(id: "copy"));
        Assert.DoesNotContain("Alice", Text(Service.Seen), StringComparison.Ordinal);
        Assert.Equal(1, Service.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Imported_document_of_a_trusted_source_is_continued_by_id(bool stream)
    {
        var client = Conversations();
        await client.Ask(stream, [User("question 1")], Named());
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync("t", document);
        document.Position = 0;
        await client.Conversations.ImportAsync("copy", document, trustsSource: true);
        await client.Ask(stream, [User("question 2")], Named(id: "copy"));
        Assert.Equal((1, 3), (Service.Sent, Service.Seen.Count));
    }

    /// <summary>Somebody gives an application a history whose marks name the response of another user.</summary>
    [Theory]
    [MemberData(nameof(EditedMarks))]
    public async Task Tracked_history_with_edited_marks_is_sent_as_a_whole(bool stream, bool hasKey, string edit)
    {
        var client = Tracking(o => o.HistoryKey = hasKey ? Some.HistoryKey : null);
        var victim = (await client.Ask(stream, [User("My name is Alice.")])).Messages[0];
        List<ChatMessage> history = [User("question 1")];
        history.AddRange((await client.Ask(stream, history)).Messages);
        history = [.. Keeping.ThroughJson(history)];
        var id = victim.AdditionalProperties![GrokKeys.History.ResponseId];
        foreach (var properties in history[1].Contents.Select(static c => c.AdditionalProperties).Append(history[1].AdditionalProperties).OfType<AdditionalPropertiesDictionary>())
        {
            foreach (var key in properties.Keys.Where(static k => k.StartsWith("grok.", StringComparison.Ordinal)).ToList())
            {
                properties[key] = edit == "response id" ? (key == GrokKeys.History.ResponseId ? id : properties[key])
                    : edit == "made up" ? "r1"
                    : victim.AdditionalProperties!.GetValueOrDefault(key);
            }
        }

        history.Add(User("What is my name?"));
        history[0] = edit == "response id" ? history[0] : User("question 1 of another process");
        using var other = Service.AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = Clock, HistoryKey = hasKey ? Some.HistoryKey : null });
        await other.Ask(stream, history);
        Assert.Equal(Text(history), Text(Service.Seen));
        Assert.Equal(3, Service.Sent);
    }

    /// <summary>The marks of a named conversation name a turn. A history that is not that of the turn does not continue it.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Marks_of_another_conversation_do_not_lend_its_messages(bool stream, bool isNamed)
    {
        var client = Conversations();
        var victim = (await client.Ask(stream, [User("My name is Alice.")], Named(id: "victim"))).Messages[0];
        var head = (await client.Conversations.GetTurnsAsync("victim"))[^1].Id;
        List<ChatMessage> history = [User("question 1"), new(ChatRole.Assistant, "answer") { AdditionalProperties = victim.AdditionalProperties!.Clone() }, User("What is my name?")];
        history[1].AdditionalProperties![GrokKeys.Answer.Turn] = new string('0', 32);
        await client.Ask(stream, history, isNamed ? Named() : null);
        Assert.Equal(Text(history), Text(Service.Seen));
        Assert.Equal(head, (await client.Conversations.GetTurnsAsync("victim"))[^1].Id);
    }

    /// <summary>Somebody who can write to the database copies a row: to another tenant, to another turn, or both.</summary>
    [Theory]
    [InlineData("b", false)]
    [InlineData("a", true)]
    [InlineData("b", true)]
    public async Task Encrypted_content_copied_to_another_row_cannot_be_read(string tenant, bool isOtherTurn)
    {
        var client = Conversations(static o => o.Protector = new AesProtector());
        await client.Ask(false, [User("My name is Alice.")], Named().WithTenant("a"));
        var turn = Assert.Single(await client.Conversations.ForTenant("a").GetTurnsAsync("t"));
        var copies = new InMemoryConversationStore();
        Assert.True(await copies.AppendAsync(new(tenant, "t"), isOtherTurn ? turn with { Id = new string('0', 32) } : turn, null));
        var thief = Conversations(static o => o.Protector = new AesProtector(), store: copies);
        var manager = thief.Conversations.ForTenant(tenant);
        var copy = Assert.Single(await manager.GetTurnsAsync("t"));
        Assert.Throws<ConversationStoreException>(() => manager.Read(copy));
        await Assert.ThrowsAsync<ConversationStoreException>(() => manager.GetMessagesAsync("t"));
        await Assert.ThrowsAsync<ConversationStoreException>(() => manager.ExportAsync("t", Stream.Null));
        await Assert.ThrowsAsync<ConversationStoreException>(() => thief.Ask(false, [User("What is my name?")], Named().WithTenant(tenant)));
        await Assert.ThrowsAsync<ConversationStoreException>(() => thief.RegenerateAsync("t", new ChatOptions().WithTenant(tenant)));
        Assert.Contains("Alice", (await client.Conversations.ForTenant("a").GetMessagesAsync("t"))[0].Text, StringComparison.Ordinal);
    }

    /// <summary>A layer below reports the end of a stream only by ending it, with or without an id.</summary>
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, false)]
    public async Task Answer_without_a_finish_reason_is_kept(bool stream, bool isTracked, bool hasId)
    {
        var inner = new ScriptedClient([.. Enumerable.Range(1, 3).Select(turn => (Func<ChatResponseUpdate[]>)(() =>
        {
            var id = hasId ? $"r{turn}" : null;
            return [new(ChatRole.Assistant, "ans") { ResponseId = id, MessageId = id }, new(ChatRole.Assistant, "wer") { ResponseId = id, MessageId = id, ConversationId = id }];
        }))]);
        IChatClient client = isTracked ? Tracking(inner: inner) : Conversations(inner: inner);
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 3; turn++)
        {
            history.Add(User($"question {turn}"));
            var answer = await client.Ask(stream, isTracked ? history : [history[^1]], isTracked ? null : Named());
            Assert.Equal("answer", answer.Text);
            history.AddRange(answer.Messages);
            Assert.Equal(isTracked ? null : "t", answer.ConversationId);
        }

        Assert.Equal(hasId ? [1, 1, 1] : [1, 3, 5], inner.Sent.Select(static s => s.Messages.Count));
        if (client.GetService<ConversationManager>() is { } manager)
        {
            Assert.Equal(Text(history), Text(await manager.GetMessagesAsync("t")));
        }
    }

    /// <summary>The service rejects a request that continues a call without its result.</summary>
    [Theory]
    [InlineData(false, "new")]
    [InlineData(false, "forgotten")]
    [InlineData(false, "partly answered")]
    [InlineData(true, "new")]
    [InlineData(true, "forgotten")]
    [InlineData(true, "partly answered")]
    public async Task Explicit_parent_turn_that_awaits_results_is_sent_without_its_call(bool stream, string what)
    {
        var client = Conversations();
        List<ChatMessage> history = [User("question 1")];
        history.AddRange((await client.Ask(stream, history, Named())).Messages);
        var asked = await client.Ask(stream, [User("call it")], Named());
        var waiting = (await client.Conversations.GetTurnsAsync("t"))[^1].Id;
        if (what == "partly answered")
        {
            await client.Ask(stream, [Result(CallId(asked), "18 degrees")], Named());
        }
        else if (what == "forgotten")
        {
            Service.Forget();
        }

        var options = Named().WithParentTurn(waiting);
        await client.Ask(stream, [User("never mind")], options);
        Assert.Equal(Text([.. history, User("call it"), User("never mind")]), Text(Service.Seen));
        await client.Ask(stream, [User("question 3")], Named());
        Assert.Equal(1, Service.Sent);
    }

    [Theory]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(-5, 0)]
    [InlineData(long.MinValue, long.MinValue)]
    public async Task Counts_that_no_service_reports_neither_overflow_nor_reduce_the_totals(long tokens, long cost)
    {
        var inner = new ScriptedClient([.. Enumerable.Range(1, 3).Select(turn => (Func<ChatResponseUpdate[]>)(() =>
        {
            var answer = ScriptedClient.Text($"answer {turn}", $"r{turn}");
            var usage = new UsageDetails { InputTokenCount = tokens, OutputTokenCount = tokens, TotalTokenCount = tokens, AdditionalCounts = new() { [GrokKeys.Usage.CostInUsdTicks] = cost } };
            return [.. answer[..^1], new(answer[^1].Role, [.. answer[^1].Contents, new UsageContent(usage)]) { ResponseId = $"r{turn}", ConversationId = $"r{turn}", FinishReason = ChatFinishReason.Stop }];
        }))]);
        var client = Conversations(inner: inner);
        for (var turn = 1; turn <= 3; turn++)
        {
            await client.Ask(turn % 2 == 0, [User($"question {turn}")], Named());
        }

        var state = (await client.Conversations.GetAsync("t"))!;
        Assert.True(state is { InputTokens: >= 0, OutputTokens: >= 0, CostInUsd: >= 0, TurnCount: 3 }, $"{state}");
        Assert.True(tokens > 0 ? state.InputTokens > 0 : state.InputTokens == 0);
    }

    /// <summary>Names of conversations change their meaning with every turn: a cache must not hand one to a second visitor.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cache_below_conversations_keeps_visitors_apart(bool stream)
    {
        var client = Conversations(inner: new Cache(Service));
        var first = await client.Ask(stream, [User("Hello.")]);
        await client.Ask(stream, [User("My name is Alice.")], Named(id: first.ConversationId!));
        var second = await client.Ask(stream, [User("Hello.")]);
        Assert.NotEqual(first.ConversationId, second.ConversationId);
        await client.Ask(stream, [User("What is my name?")], Named(id: second.ConversationId!));
        Assert.DoesNotContain("Alice", Text(Service.Seen), StringComparison.Ordinal);
    }

    /// <summary>Exports a conversation, replaces one response id by another, computes the checksum again, and imports it.</summary>
    private static async Task ImportAsync(ConversationChatClient client, string name, string id, string otherId)
    {
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync("t", document);
        var json = JsonNode.Parse(document.ToArray())!.AsObject();
        foreach (var turn in json["turns"]!.AsArray())
        {
            turn!["response"] = otherId;
            turn["stored_responses"] = new JsonArray(otherId);
        }

        Assert.DoesNotContain($"\"response\":\"{id}\"", json.ToJsonString(), StringComparison.Ordinal);
        var relaxed = new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        json["checksum"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(new JsonArray(json["head"]?.DeepClone(), json["turns"]!.DeepClone()).ToJsonString(relaxed))));
        using var edited = new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString(relaxed)));
        await client.Conversations.ImportAsync(name, edited);
    }

    /// <summary>An authenticated cipher with a fixed key.</summary>
    private sealed class AesProtector : IConversationProtector
    {
        private static readonly byte[] Key = SHA256.HashData("key"u8);

        public byte[] Protect(byte[] content, byte[] associatedData)
        {
            using var aes = new AesGcm(Key, 16);
            var (nonce, tag, encrypted) = (RandomNumberGenerator.GetBytes(12), new byte[16], new byte[content.Length]);
            aes.Encrypt(nonce, content, encrypted, tag, associatedData);
            return [.. nonce, .. tag, .. encrypted];
        }

        public byte[] Unprotect(byte[] encrypted, byte[] associatedData)
        {
            using var aes = new AesGcm(Key, 16);
            var content = new byte[encrypted.Length - 28];
            aes.Decrypt(encrypted.AsSpan(0, 12), encrypted.AsSpan(28), encrypted.AsSpan(12, 16), content, associatedData);
            return content;
        }
    }

    /// <summary>A cache as Microsoft.Extensions.AI's: calls that continue something are passed on.</summary>
    private sealed class Cache(IChatClient inner) : DelegatingChatClient(inner)
    {
        private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);

        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            List<ChatMessage> sent = [.. messages];
            if (options?.ConversationId is not null)
            {
                return await base.GetResponseAsync(sent, options, cancellationToken);
            }

            var key = Text(sent);
            if (!_answers.TryGetValue(key, out var answer))
            {
                _answers[key] = answer = JsonSerializer.Serialize(await base.GetResponseAsync(sent, options, cancellationToken), AIJsonUtilities.DefaultOptions);
            }

            return JsonSerializer.Deserialize<ChatResponse>(answer, AIJsonUtilities.DefaultOptions)!;
        }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            {
                yield return update;
            }
        }
    }
}
