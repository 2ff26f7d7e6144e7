using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>
/// The changes that Semantic Kernel 1.80 makes to messages between two turns, reproduced without it, over <c>AsHistoryTrackingClient</c>. Each helper names the fact it
/// mimics; the same against the real thing is in the adapter's own tests.
/// </summary>
public class SemanticKernelHistoryTests : EmulatorTest
{
    private static readonly AITool Weather = AIFunctionFactory.Create((string city) => $"18 degrees in {city}", "Weather_get", "The weather in a city.");

    public static TheoryData<string, bool> Hosts => new()
    {
        { nameof(Bridge.Whole), false },
        { nameof(Bridge.Whole), true },
        { nameof(Bridge.Streamed), false },
        { nameof(Bridge.StreamedAgent), false },
    };

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Five_turns_send_only_new_messages_and_return_no_ConversationId(string host, bool savesAsJson)
    {
        var client = Client().AsHistoryTrackingClient();
        List<ChatMessage> history = [new(ChatRole.System, "You are a helpful assistant.") { AuthorName = "Agent" }];
        foreach (var text in (string[])["My name is Alice. Remember this.", "My favourite colour is blue.", "What is 101*3", "What's my name?", "What is my favourite colour?"])
        {
            history.Add(new(ChatRole.User, text));
            var answer = await Turn(client, host, history);
            Assert.Null(answer.ConversationId);
            history = savesAsJson ? Bridge.SavedAndLoaded(history) : history;
        }

        Assert.Equal("system user", Kinds(Emulator.Requests[0]));
        Assert.All(Emulator.Requests.Skip(1), static r => Assert.Equal("user", Kinds(r)));
        Assert.All(Emulator.Requests.Zip(Emulator.Requests.Skip(1)), static p => Assert.NotEqual(p.First.PreviousResponseId, p.Second.PreviousResponseId));
        Assert.Contains("blue", history[^1].Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Alice", history[^3].Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Function_loop_in_a_conversation_sends_only_results(string host, bool savesAsJson)
    {
        var client = Client().AsHistoryTrackingClient();
        List<ChatMessage> history = [];
        foreach (var text in (string[])["What is the weather in Oslo?", "What is the weather in Rome?", "Thanks."])
        {
            history.Add(new(ChatRole.User, text));
            await Turn(client, host, history, new ChatOptions { Tools = [Weather] });
            history = savesAsJson ? Bridge.SavedAndLoaded(history) : history;
        }

        Assert.Equal(["user", "function_call_output", "user", "function_call_output", "user"], Emulator.Requests.Select(Kinds));
        Assert.Contains("18 degrees", history[^3].Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Unstored_reasoning_is_sent_back_unchanged(string host, bool savesAsJson)
    {
        var client = Client(static o => o.Store = false).AsHistoryTrackingClient();
        List<ChatMessage> history = [];
        var blobs = new List<string?>();
        foreach (var text in (string[])["My name is Alice. Remember this.", "What is the weather in Oslo?", "What's my name?"])
        {
            history.Add(new(ChatRole.User, text));
            var answer = await Turn(client, host, history, new ChatOptions { Tools = [Weather] });
            blobs.AddRange(answer.Messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().Select(static r => r.ProtectedData).OfType<string>());
            history = savesAsJson ? Bridge.SavedAndLoaded(history) : history;
        }

        var sent = Emulator.Requests[^1].ShouldNotBeStored().Items.Where(static i => i.GetProperty("type").GetString() == "reasoning").Select(static i => i.GetProperty("encrypted_content").GetString()).ToList();
        // Streaming drops the properties of texts and keeps those of calls.
        Assert.Equal(host == nameof(Bridge.Whole) ? blobs[..^1] : blobs[1..2], sent);
        Assert.Contains("Alice", history[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Bridge.Whole))]
    [InlineData(nameof(Bridge.Streamed))]
    [InlineData(nameof(Bridge.StreamedAgent))]
    public async Task Expired_conversation_is_rebuilt_transparently(string host)
    {
        // With a clock of its own, the client does not know that the response expired.
        var client = Client().AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = new ManualTime() });
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        await Turn(client, host, history);
        Clock.Advance(TimeSpan.FromDays(31));
        history.Add(new(ChatRole.User, "What's my name?"));
        await Turn(client, host, history);
        Assert.Contains("Alice", history[^1].Text, StringComparison.Ordinal);
        Assert.Equal([200, 404, 200], Emulator.Requests.Select(static r => r.Status));
        history.Add(new(ChatRole.User, "And what is 2+2?"));
        await Turn(client, host, history);
        Assert.Equal("user", Kinds(Emulator.Requests[^1]));

        // When the clock shows the expiry, the client rebuilds without a request that fails.
        var aware = Client().AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = Clock });
        history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        await Turn(aware, host, history);
        Clock.Advance(TimeSpan.FromDays(31));
        history.Add(new(ChatRole.User, "What's my name?"));
        await Turn(aware, host, history);
        Assert.Equal(200, Emulator.Requests[^1].ShouldContinueNothing().Status);
    }

    [Fact]
    public async Task Edited_history_is_resent_from_the_last_unedited_response()
    {
        var client = Client().AsHistoryTrackingClient(new HistoryTrackingOptions { RememberedAnswers = 0, HistoryKey = Some.HistoryKey });
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        await Turn(client, nameof(Bridge.Whole), history);
        history.Add(new(ChatRole.User, "My favourite colour is blue."));
        await Turn(client, nameof(Bridge.Whole), history);
        history[2] = new(ChatRole.User, "My favourite colour is red.");
        history.Add(new(ChatRole.User, "What is my favourite colour?"));
        await Turn(client, nameof(Bridge.Whole), history);
        Assert.Equal("user assistant user", Kinds(Emulator.Requests[^1]));
        Assert.NotNull(Emulator.Requests[^1].PreviousResponseId);

        // Changed instructions or another model family: the full history is sent.
        await Turn(client, nameof(Bridge.Whole), history, new ChatOptions { Instructions = "Be brief." });
        Emulator.Requests[^1].ShouldContinueNothing();
        history.Add(new(ChatRole.User, "Thanks."));
        await Turn(client, nameof(Bridge.Whole), history, new ChatOptions { ModelId = "grok-4.6" });
        Emulator.Requests[^1].ShouldContinueNothing();
        Assert.Contains("red", history[^3].Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task History_without_its_first_messages_is_sent_as_given()
    {
        var client = Client().AsHistoryTrackingClient();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        await Turn(client, nameof(Bridge.Whole), history);
        history.Add(new(ChatRole.User, "My favourite colour is blue."));
        await Turn(client, nameof(Bridge.Whole), history);
        history.RemoveRange(0, 2);
        history.Add(new(ChatRole.User, "What's my name?"));
        await Turn(client, nameof(Bridge.Whole), history);
        Emulator.Requests[^1].ShouldContinueNothing();
        Assert.DoesNotContain("Alice", history[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConversationId_of_the_caller_is_used_and_its_errors_are_passed_on()
    {
        var grok = Client();
        var first = await grok.GetResponseAsync("My name is Alice. Remember this.");
        var client = grok.AsHistoryTrackingClient();
        var options = new ChatOptions { ConversationId = first.ConversationId };
        var second = await client.GetResponseAsync("What's my name?", options);
        Assert.Contains("Alice", second.Text, StringComparison.Ordinal);
        Assert.Null(second.ConversationId);
        Assert.Equal(second.ResponseId, second.Messages[0].AdditionalProperties![GrokKeys.History.ResponseId]);
        Assert.Equal("stop", second.Messages[0].AdditionalProperties![GrokKeys.Answer.FinishReason]);
        Assert.Equal(first.ConversationId, options.ConversationId);
        options.ConversationId = "5808284d-ae14-9981-9289-73515f67ebda";
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("What's my name?", options));
        await Assert.ThrowsAsync<GrokException>(() => client.GetStreamingResponseAsync("What's my name?", options).ToChatResponseAsync());
    }

    [Theory]
    [InlineData(GrokKeys.Request.PreviousResponseId)]
    [InlineData(GrokKeys.Request.ConversationId)]
    public async Task Response_after_an_id_key_is_not_resumed_by_another_conversation(string key)
    {
        var client = Client().AsHistoryTrackingClient();
        var first = await client.GetResponseAsync("My name is Alice. Remember this.");
        Emulator.Script.Reply(static r => r.Text("Hello."));
        await client.GetResponseAsync("Hi.", new ChatOptions { AdditionalProperties = new() { [key] = first.ResponseId } });
        Emulator.Requests[1].ShouldContinue(first.ResponseId!);
        var answer = await client.GetResponseAsync([new(ChatRole.User, "Hi."), new(ChatRole.Assistant, "Hello."), new(ChatRole.User, "What's my name?")]);
        Assert.DoesNotContain("Alice", answer.Text, StringComparison.Ordinal);
        Emulator.Requests[^1].ShouldContinueNothing();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_loop_after_a_ConversationId_continues_from_its_call(bool stream)
    {
        var grok = Client();
        var first = await grok.GetResponseAsync("My name is Alice. Remember this.");
        var client = grok.AsHistoryTrackingClient();
        List<ChatMessage> messages = [new(ChatRole.User, "What is the weather in Oslo?")];
        var options = new ChatOptions { Tools = [Weather], ConversationId = first.ConversationId };
        var asked = stream ? await client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : await client.GetResponseAsync(messages, options);

        // The function invoker treats an answer without an id as one of a stateless client, and clears its id.
        messages.AddRange(asked.Messages);
        messages.Add(new(ChatRole.Tool, [.. asked.Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => new FunctionResultContent(c.CallId, "18 degrees in Oslo"))]));
        options.ConversationId = null;
        await client.GetResponseAsync(messages, options);
        Assert.Equal("function_call_output", Kinds(Emulator.Requests[^1].ShouldContinue(asked.ResponseId!)));
    }

    [Theory]
    [InlineData(nameof(Bridge.Whole))]
    [InlineData(nameof(Bridge.Streamed))]
    public async Task History_tracking_over_a_conversation_client_leaves_state_to_it(string host)
    {
        var store = new InMemoryConversationStore();
        var conversations = Client().AsConversationClient(store, new ConversationOptions { TimeProvider = Clock });
        var client = conversations.AsHistoryTrackingClient();
        List<ChatMessage> history = [new(ChatRole.User, "What is the weather in Oslo?")];
        await Turn(client, host, history, new ChatOptions { Tools = [Weather] });
        Assert.Equal(["user", "function_call_output"], Emulator.Requests.Select(Kinds));
        Clock.Advance(TimeSpan.FromDays(31));
        history = Bridge.SavedAndLoaded(history);
        history.Add(new(ChatRole.User, "Thanks."));
        var answer = await Turn(client, host, history, new ChatOptions { Tools = [Weather] });
        Assert.Null(answer.ConversationId);
        Emulator.Requests[^1].ShouldContinueNothing();
        // Streaming drops the tracking keys of the last text, so that the turn of the call is the last known one.
        Assert.Single(await conversations.Conversations.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Zero_retention_is_detected_once()
    {
        await StartAsync(static o => o.ZeroDataRetention = true);
        var client = Client().AsHistoryTrackingClient();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        await Turn(client, nameof(Bridge.Streamed), history);
        history.Add(new(ChatRole.User, "What's my name?"));
        await Turn(client, nameof(Bridge.Whole), history);
        Assert.Equal([400, 200, 200], Emulator.Requests.Select(static r => r.Status));
        Assert.Contains("Alice", history[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_or_malformed_reasoning_is_dropped()
    {
        var client = Client(static o => o.Store = false).AsHistoryTrackingClient();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        await Turn(client, nameof(Bridge.Whole), history);
        await StartAsync();
        var other = Client(static o => o.Store = false).AsHistoryTrackingClient();
        history.Add(new(ChatRole.User, "What's my name?"));
        await Turn(other, nameof(Bridge.Whole), history);
        Assert.Equal([400, 200], Emulator.Requests.Select(static r => r.Status));
        Assert.Equal("user assistant user", Kinds(Emulator.Requests[^1]));

        foreach (var properties in history.SelectMany(static m => m.Contents.Select(static c => c.AdditionalProperties).Append(m.AdditionalProperties)).OfType<AdditionalPropertiesDictionary>())
        {
            properties[GrokKeys.Answer.KeptReasoning] = "[{\"$type\":\"reason";
        }

        history.Add(new(ChatRole.User, "And what is 2+2?"));
        await Turn(other, nameof(Bridge.Whole), history);
        Assert.Equal("user assistant user assistant user", Kinds(Emulator.Requests[^1]));

        var without = Client(static o => o.Store = false).AsHistoryTrackingClient(new HistoryTrackingOptions { KeepReasoning = false });
        Assert.False((await without.GetResponseAsync("Hello.")).Messages[0].AdditionalProperties!.ContainsKey(GrokKeys.Answer.KeptReasoning));
    }

    [Fact]
    public async Task Broken_stream_returns_no_function_call_and_no_ConversationId()
    {
        var client = Client().AsHistoryTrackingClient();
        await client.GetResponseAsync("Hello.");
        foreach (var after in (int[])[6, 12, 20])
        {
            Emulator.Faults.Enqueue(Fault.CutAfter(after));
            var seen = new List<ChatResponseUpdate>();
            await Assert.ThrowsAsync<GrokException>(async () =>
            {
                await foreach (var update in client.GetStreamingResponseAsync("What is the weather in Oslo?", new ChatOptions { Tools = [Weather] }))
                {
                    seen.Add(update);
                }
            });
            Assert.DoesNotContain(seen, static u => u.Contents.Any(static c => c is FunctionCallContent) || u.ConversationId is not null);
        }
    }

    [Fact]
    public async Task RememberedAnswers_limits_the_memory_and_zero_disables_it()
    {
        foreach (var (size, kinds) in ((int, string)[])[(0, "user assistant user"), (1, "user assistant user"), (2, "user")])
        {
            var client = Client().AsHistoryTrackingClient(new HistoryTrackingOptions { RememberedAnswers = size });
            List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
            await Turn(client, nameof(Bridge.StreamedAgent), history);
            await Turn(client, nameof(Bridge.StreamedAgent), [new(ChatRole.User, "Hello.")]);
            await Turn(client, nameof(Bridge.StreamedAgent), [new(ChatRole.User, "Hello.")]);
            history.Add(new(ChatRole.User, "What's my name?"));
            await Turn(client, nameof(Bridge.StreamedAgent), history);
            Assert.Equal(kinds, Kinds(Emulator.Requests[^1]));
        }

        Assert.Equal("RememberedAnswers", Assert.Throws<ArgumentException>(() => Client().AsHistoryTrackingClient(new HistoryTrackingOptions { RememberedAnswers = -1 })).ParamName);
        Assert.Equal("ServerRetention", Assert.Throws<ArgumentException>(() => Client().AsHistoryTrackingClient(new HistoryTrackingOptions { ServerRetention = TimeSpan.Zero })).ParamName);
        Assert.Equal("TimeProvider", Assert.Throws<ArgumentException>(() => Client().AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = null! })).ParamName);
    }

    private static string Kinds(RecordedRequest request) => string.Join(' ', request.Items.Select(static i =>
        i.GetProperty("type").GetString() is "message" ? i.GetProperty("role").GetString() : i.GetProperty("type").GetString()).Where(static k => k != "reasoning"));

    /// <summary>Runs one turn of the host with its function loop, and adds the kept messages to the history.</summary>
    private static async Task<ChatResponse> Turn(IChatClient client, string host, List<ChatMessage> history, ChatOptions? options = null)
    {
        var all = new List<ChatMessage>();
        while (true)
        {
            // Within one request, the loop of the host uses the messages of the client unchanged.
            List<ChatMessage> sent = [.. history, .. all];
            var response = host == nameof(Bridge.Whole) ? await client.GetResponseAsync(sent, options) : await client.GetStreamingResponseAsync(sent, options).ToChatResponseAsync();
            Assert.Null(response.ConversationId);
            all.AddRange(response.Messages);
            var calls = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().ToList();
            if (calls.Count == 0)
            {
                history.AddRange(host switch
                {
                    nameof(Bridge.Whole) => Bridge.Whole(all),
                    nameof(Bridge.Streamed) => Bridge.Streamed(all),
                    _ => Bridge.StreamedAgent(all),
                });
                return new ChatResponse(all);
            }

            all.Add(new(ChatRole.Tool, [.. calls.Select(static c => new FunctionResultContent(c.CallId, $"18 degrees in {c.Arguments!["city"]}"))]));
        }
    }

    /// <summary>Semantic Kernel's conversions, as observed of 1.80.</summary>
    private static class Bridge
    {
        /// <summary>Not streamed: reasoning, annotations, ids and hosted contents are dropped; texts, calls and results stay, with the properties of message and item.</summary>
        public static IEnumerable<ChatMessage> Whole(IEnumerable<ChatMessage> messages) => messages.Select(static m => new ChatMessage(
            m.Role, [.. m.Contents.Select(Kept).OfType<AIContent>()])
        { AdditionalProperties = m.AdditionalProperties?.Clone() });

        /// <summary>Streamed: each call and each result becomes a message of its own, whose properties are the item's; the last text is added by the caller, bare.</summary>
        public static IEnumerable<ChatMessage> Streamed(IEnumerable<ChatMessage> messages)
        {
            var list = messages.ToList();
            return list.SelectMany(static m => m.Contents.Where(static c => c is FunctionCallContent or FunctionResultContent).Select(c => new ChatMessage(m.Role, [Kept(c)!])))
                .Append(new ChatMessage(ChatRole.Assistant, list[^1].Text));
        }

        /// <summary>A streamed agent: as streamed, with all texts of the turn glued into one message under the agent's name.</summary>
        public static IEnumerable<ChatMessage> StreamedAgent(IEnumerable<ChatMessage> messages)
        {
            var list = messages.ToList();
            return Streamed(list).SkipLast(1).Append(new ChatMessage(ChatRole.Assistant, string.Concat(list.Where(static m => m.Role == ChatRole.Assistant).Select(static m => m.Text))) { AuthorName = "Agent" });
        }

        /// <summary>A <c>ChatHistory</c> saved as JSON: properties come back as <see cref="JsonElement"/>, raw representations not at all.</summary>
        public static List<ChatMessage> SavedAndLoaded(List<ChatMessage> history) =>
            [.. JsonSerializer.Deserialize<IList<ChatMessage>>(JsonSerializer.Serialize<IList<ChatMessage>>(history, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!];

        private static AIContent? Kept(AIContent content) => content switch
        {
            TextContent text => new TextContent(text.Text) { AdditionalProperties = text.AdditionalProperties?.Clone() },
            FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, call.Arguments) { AdditionalProperties = call.AdditionalProperties?.Clone() },
            FunctionResultContent result => new FunctionResultContent(result.CallId, Convert.ToString(result.Result, CultureInfo.InvariantCulture)),
            _ => null,
        };
    }
}
