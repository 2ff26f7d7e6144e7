using System.Diagnostics.Metrics;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Conversations under the application's own id, over the emulator: what goes out while the service has them, and what when it has not.</summary>
public class ConversationTests : ConversationTestBase
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Conversation_sends_only_new_messages_and_returns_the_applications_id(bool stream)
    {
        var client = Conversations();
        var first = await Say(client, stream, "My name is Alice. Remember this.");
        var second = await Say(client, stream, "What's my name?");
        Assert.Equal(("ticket-4711", "ticket-4711"), (first.ConversationId, second.ConversationId));
        Assert.Contains("Alice", second.Text, StringComparison.Ordinal);
        Assert.Equal(first.ResponseId, Sent().GetProperty("previous_response_id").GetString());
        Assert.Equal(1, Items());
        var key = Sent().GetProperty("prompt_cache_key").GetString()!;
        Assert.Equal(key, Sent(2).GetProperty("prompt_cache_key").GetString());
        Assert.DoesNotContain("4711", key, StringComparison.Ordinal);
        Assert.Equal(["What's my name?"], (client.Conversations.Read((await client.Conversations.GetTurnsAsync("ticket-4711"))[1])).Input.Select(static m => m.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Expired_conversation_is_rebuilt_once_and_then_continues_by_id(bool stream)
    {
        using var rebuilds = new Count("grok.conversation.rebuilds");
        var client = Conversations();
        var first = await Say(client, stream, "My name is Alice. Remember this.");
        Clock.Advance(TimeSpan.FromDays(31));
        var late = await Say(client, stream, "What's my name?");
        Assert.Contains("Alice", late.Text, StringComparison.Ordinal);
        Assert.Equal("Expired", late.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
        Assert.Equal(2, Emulator.Requests.Count);
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
        Assert.Equal(Blob(first), Sent().GetProperty("input").EnumerateArray().Single(static i => i.GetProperty("type").GetString() == "reasoning").GetProperty("encrypted_content").GetString());

        await Say(client, stream, "What is 101*3");
        Assert.Equal(late.ResponseId, Sent().GetProperty("previous_response_id").GetString());
        Assert.Equal(1, Items());
        Assert.True(rebuilds.Value >= 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deleted_response_costs_one_404_and_one_rebuild(bool stream)
    {
        var client = Conversations();
        var first = await Say(client, stream, "My name is Alice. Remember this.");
        await Responses.DeleteAsync(first.ResponseId!);
        var second = await Say(client, stream, "What's my name?");
        Assert.Contains("Alice", second.Text, StringComparison.Ordinal);
        Assert.Equal("UnknownResponse", second.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
        Assert.Equal(first.ResponseId, Sent(2).GetProperty("previous_response_id").GetString());
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
        Assert.Equal(4, Items());
        Assert.Equal(4, Emulator.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Conversation_keeps_its_history_with_store_false_and_with_images(bool stream)
    {
        var local = Conversations(client: static o => o.Store = false);
        await Say(local, stream, "My name is Alice. Remember this.");
        Assert.Contains("Alice", (await Say(local, stream, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.False(Sent().GetProperty("store").GetBoolean());

        var mixed = Conversations();
        await Say(mixed, stream, "My name is Carol. Remember this.", "mixed");
        Assert.Contains("Carol", (await Say(mixed, stream, "What's my name?", "mixed", new ChatOptions().WithStore(false))).Text, StringComparison.Ordinal);

        var client = Conversations();
        var png = Some.Png;
        (png[19], png[23]) = (16, 16);
        await Say(client, stream, [Some.User(new DataContent(png, "image/png"), new TextContent("My name is Bob. What is in this image?"))], "pictures");
        Assert.Contains("Bob", (await Say(client, stream, "What's my name?", "pictures")).Text, StringComparison.Ordinal);
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
    }

    [Fact]
    public async Task Failed_rebuild_throws_with_both_causes_and_stores_no_turn()
    {
        var client = Conversations();
        var first = await Say(client, false, "My name is Alice. Remember this.");
        await Responses.DeleteAsync(first.ResponseId!);
        Emulator.Faults.Enqueue(Fault.Status(404, "not-found", $"Response with id={first.ResponseId} not found"));
        Emulator.Faults.Enqueue(Fault.Status(503, "x", "Down for now"));
        var e = await Assert.ThrowsAsync<GrokException>(() => Say(client, false, "What's my name?"));
        Assert.Equal(GrokErrorKind.Server, e.Kind);
        Assert.Contains("Down for now", e.Message, StringComparison.Ordinal);
        Assert.Contains("not found", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<AggregateException>(e.InnerException).InnerExceptions.Count);
        Assert.Single(await client.Conversations.GetTurnsAsync("ticket-4711"));
        Assert.Contains("Alice", (await Say(client, false, "What's my name?")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_change_rebuilds_without_encrypted_reasoning()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        var other = await Say(client, false, "What's my name?", options: new ChatOptions { ModelId = "grok-4.6" });
        Assert.Contains("Alice", other.Text, StringComparison.Ordinal);
        Assert.Equal("ModelChanged", other.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
        Assert.DoesNotContain("encrypted_content\":\"", Emulator.Requests[^1].Body, StringComparison.Ordinal);
        await Say(client, false, "And now?", options: new ChatOptions { ModelId = "grok-4.6" });
        Assert.Equal(1, Items());
    }

    [Fact]
    public async Task Rejected_encrypted_reasoning_is_dropped_on_the_retry()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        Clock.Advance(TimeSpan.FromDays(31));
        Emulator.Faults.Enqueue(Fault.Status(400, "invalid-argument", "Could not decrypt the provided encrypted_content. Ensure the value is the unmodified encrypted_content from a previous response."));
        var late = await Say(client, false, "What's my name?");
        Assert.Equal("ReasoningRejected", late.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
        Assert.DoesNotContain("encrypted_content\":\"", Emulator.Requests[^1].Body, StringComparison.Ordinal);
        Assert.Contains("Alice", late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instructions_are_sent_once_and_again_only_when_they_change()
    {
        var client = Conversations();
        var options = new ChatOptions { Instructions = "You are a helpful customer support agent." };
        await Say(client, false, "I have a billing question", options: options);
        await Say(client, false, "My account number is 12345", options: options);
        Assert.DoesNotContain("helpful", Emulator.Requests[^1].Body, StringComparison.Ordinal);

        options.Instructions = "Answer in upper case.";
        await Say(client, false, "Why was I charged twice?", options: options);
        Assert.Equal(["system", "user"], Sent().GetProperty("input").EnumerateArray().Select(static i => i.GetProperty("role").GetString()));
        await Say(client, false, "Thanks.", options: options);
        Assert.Equal(1, Items());

        Clock.Advance(TimeSpan.FromDays(31));
        await Say(client, false, "Still there?", options: options);
        Assert.Equal(1, Emulator.Requests[^1].Body.Split("helpful").Length - 1);
        Assert.Equal(1, Emulator.Requests[^1].Body.Split("upper case").Length - 1);

        var strict = Conversations(static o => o.ContinuationInstructions = ContinuationInstructions.Throw);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Say(strict, false, "x", options: new ChatOptions { Instructions = "Other." }));
        var restart = Conversations(static o => o.ContinuationInstructions = ContinuationInstructions.Restart);
        await Say(restart, false, "x", options: new ChatOptions { Instructions = "Other." });
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
        Assert.StartsWith("Other.", Sent().GetProperty("input")[0].GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_loop_sends_only_results_and_an_unanswered_call_is_left_out(bool stream)
    {
        var weather = AIFunctionFactory.Create((string city) => $"18 degrees in {city}", "get_weather", "The weather in a city.");
        var options = new ChatOptions { Tools = [weather] };
        var client = Conversations();
        await Say(client, stream, "My name is Alice. Remember this.", options: options);
        var asked = await Say(client, stream, "What is the weather in Oslo?", options: options);
        var call = asked.Messages[0].Contents.OfType<FunctionCallContent>().Single();
        var answer = await Say(client, stream, [new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "18 degrees in Oslo")])], options: options);
        Assert.Contains("18", answer.Text, StringComparison.Ordinal);
        Assert.Equal("function_call_output", Assert.Single(Sent().GetProperty("input").EnumerateArray()).GetProperty("type").GetString());

        await Say(client, stream, "What is the weather in Rome?", options: options);
        var after = await Say(client, stream, "What's my name?");
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
        var sent = Sent().GetProperty("input").GetRawText();
        Assert.Contains("What is the weather in Rome?", sent, StringComparison.Ordinal);
        Assert.Equal(1, sent.Split("\"type\":\"function_call\"").Length - 1);
        Assert.Contains("Alice", after.Text, StringComparison.Ordinal);
        Assert.NotNull(answer.ResponseId);
    }

    [Fact]
    public async Task Truncated_or_cancelled_stream_leaves_the_head_unchanged()
    {
        var client = Conversations();
        var first = await Say(client, true, "My name is Alice. Remember this.");
        Emulator.Faults.Enqueue(Fault.CutAfter(9));
        await Assert.ThrowsAsync<GrokException>(() => Say(client, true, "Forget my name."));
        await foreach (var update in client.GetStreamingResponseAsync("count to 50", new ChatOptions { ConversationId = "ticket-4711" }))
        {
            if (update.Text.Length > 0)
            {
                break;
            }
        }

        Assert.Single(await client.Conversations.GetTurnsAsync("ticket-4711"));
        Assert.Contains("Alice", (await Say(client, true, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal(first.ResponseId, Sent().GetProperty("previous_response_id").GetString());
    }

    [Fact]
    public async Task Concurrent_turns_are_both_kept_and_the_later_one_becomes_a_fork()
    {
        var throwing = Conversations();
        await Say(throwing, false, "My name is Alice. Remember this.");
        var forking = Conversations(static o => o.Conflict = ConversationConflict.Fork);
        foreach (var client in (ConversationChatClient[])[throwing, forking])
        {
            // The first stream is opened, and stands on its first update, while the other turn is made.
            await using var slow = client.GetStreamingResponseAsync("What is 101*3", new ChatOptions { ConversationId = "ticket-4711" }).GetAsyncEnumerator();
            Assert.True(await slow.MoveNextAsync());
            await Say(client, false, "What's my name?");
            var rest = new List<ChatResponseUpdate>();
            var e = await Record.ExceptionAsync(async () =>
            {
                while (await slow.MoveNextAsync())
                {
                    rest.Add(slow.Current);
                }
            });
            var fork = client == throwing ? Assert.IsType<ConversationConflictException>(e).ForkId : rest[^1].ConversationId!;
            Assert.NotEqual("ticket-4711", fork);
            Assert.Contains("303", client.Conversations.Read((await client.Conversations.GetTurnsAsync(fork))[^1]).Output[0].Text, StringComparison.Ordinal);
            Assert.Contains("Alice", (await Say(client, false, "What's my name?", fork)).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Manager_forks_rewinds_lists_and_deletes_conversations()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        var second = await Say(client, false, "My favourite colour is blue.");
        var manager = client.GetService<ConversationManager>()!;
        await manager.ForkAsync("ticket-4711", "other", (await manager.GetTurnsAsync("ticket-4711"))[0].Id);
        await Say(client, false, "My favourite colour is red.", "other");
        Assert.Contains("red", (await Say(client, false, "What is my favourite colour?", "other")).Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("blue", (await Say(client, false, "What is my favourite colour?")).Text, StringComparison.OrdinalIgnoreCase);

        await manager.RewindAsync("ticket-4711", 2);
        Assert.Single(await manager.GetTurnsAsync("ticket-4711"));
        Assert.Contains("Alice", (await Say(client, false, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal(["other", "ticket-4711"], (await manager.ListAsync().ToListAsync()).Select(static c => c.ConversationId).Order());
        Assert.True((await manager.GetTurnsAsync("other"))[^1].TotalCostInUsdTicks > 0);

        await Assert.ThrowsAsync<InvalidOperationException>(() => manager.ForkAsync("ticket-4711", "other"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.ForkAsync("nobody", "x"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.ForkAsync("ticket-4711", "x", "no such turn"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => manager.RewindAsync("other", 99));

        Assert.True(await manager.DeleteAsync("ticket-4711") >= 1);
        Assert.Empty(await manager.GetTurnsAsync("ticket-4711"));
        Assert.Contains("Alice", (await Say(client, false, "What's my name?", "other")).Text, StringComparison.Ordinal);
        Assert.NotNull(second.ResponseId);
    }

    [Fact]
    public async Task Conversation_of_another_tenant_is_not_found()
    {
        await Say(Conversations(static o => o.Tenant = "a"), false, "My name is Alice. Remember this.");
        var other = Conversations(static o => o.Tenant = "b");
        Assert.Empty(await other.Conversations.GetTurnsAsync("ticket-4711"));
        Assert.DoesNotContain("Alice", (await Say(other, false, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
    }

    [Fact]
    public async Task Reached_budget_stops_the_call_and_a_protector_transforms_the_stored_content()
    {
        var client = Conversations(static o => (o.Budget, o.Protector) = (0.0000001m, new XorProtector()));
        await Say(client, false, "My name is Alice. Remember this.");
        var turn = Assert.Single(await client.Conversations.GetTurnsAsync("ticket-4711"));
        Assert.DoesNotContain("Alice", System.Text.Encoding.UTF8.GetString(turn.Content.Span), StringComparison.Ordinal);
        Assert.Contains("Alice", client.Conversations.Read(turn).Input[0].Text, StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<ConversationBudgetException>(() => Say(client, false, "What's my name?"));
        Assert.True(e.Cost >= e.Budget);
        Assert.Single(Emulator.Requests);
    }

    [Fact]
    public async Task Conversation_without_an_id_gets_one_and_can_be_continued()
    {
        var client = Conversations();
        var first = await client.GetResponseAsync("My name is Alice. Remember this.");
        Assert.NotNull(first.ConversationId);
        Assert.Contains("Alice", (await Say(client, false, "What's my name?", first.ConversationId)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_size_does_not_grow_with_the_number_of_turns()
    {
        var client = Conversations();
        for (var turn = 0; turn < 100; turn++)
        {
            await Say(client, false, $"Turn number {turn:000}.");
        }

        var bytes = Emulator.Requests.Select(static r => r.Bytes).ToList();
        Assert.True(bytes[99] <= 1.1 * bytes[1], $"{bytes[1]} bytes at turn 2, {bytes[99]} at turn 100");
    }

    /// <summary>Counts what a meter reports.</summary>
    private sealed class Count : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Count(string instrument)
        {
            _listener.InstrumentPublished = (i, l) =>
            {
                if (i.Name == instrument)
                {
                    l.EnableMeasurementEvents(i);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, n, _, _) => Interlocked.Add(ref _value, n));
            _listener.Start();
        }

        public long Value => _value;

        public void Dispose() => _listener.Dispose();
    }
}
