using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Callers that pass the full history with every call: the messages that are sent.</summary>
public class FullHistoryTests : ConversationTestBase
{
    [Theory]
    [InlineData(false, "ticket-4711")]
    [InlineData(true, "ticket-4711")]
    [InlineData(false, null)]
    [InlineData(true, null)]
    public async Task Thirty_turns_send_only_new_messages_and_an_edit_forks(bool stream, string? id)
    {
        var client = Conversations();
        List<ChatMessage> history = [new(ChatRole.System, "You are a helpful assistant.")];
        for (var turn = 1; turn <= 30; turn++)
        {
            history.Add(new(ChatRole.User, turn == 3 ? "My favourite colour is blue." : $"This is message number {turn}."));
            history.AddRange((await Ask(client, stream, history, id)).Messages);
        }

        Assert.Equal(30, Emulator.Requests.Count);
        Assert.Equal("system user", Kinds(Emulator.Requests[0]));
        Assert.All(Emulator.Requests.Skip(1), static r => Assert.Equal("user", Kinds(r)));
        Assert.All(Emulator.Requests.Zip(history.Where(static m => m.Role == ChatRole.User)), static p => p.First.ShouldSay(p.Second.Text));
        Assert.Single(await client.Conversations.ListAsync().ToListAsync());

        // Message 5, the third of the user, is replaced: the messages before it are still stored, the rest is resent.
        var secondAnswer = await ResponseOf(client, history[4]);
        history[5] = new(ChatRole.User, "My favourite colour is red.");
        history.Add(new(ChatRole.User, "What is my favourite colour?"));
        var answer = await Ask(client, stream, history, id);
        Assert.Contains("red", answer.Text, StringComparison.OrdinalIgnoreCase);
        var fork = Emulator.Requests[^1].ShouldContinue(secondAnswer).ShouldContain("message number 30");
        Assert.Contains("red", fork.Items[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(history.Count - 5, fork.Items.Count);

        history.AddRange(answer.Messages);
        history.Add(new(ChatRole.User, "Thanks."));
        await Ask(client, stream, history, id);
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinue(answer.ResponseId!)));
        var tree = await client.Conversations.GetTreeAsync(answer.ConversationId!);
        Assert.Equal(32, tree.Count);
        Assert.Equal(2, tree.Count(t => t.ParentId == tree[1].Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task History_saved_as_JSON_continues_by_id(bool stream)
    {
        var client = Conversations();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        var first = await Ask(client, stream, history, null);
        history.AddRange(first.Messages);
        var saved = JsonSerializer.Serialize<IList<ChatMessage>>(history, AIJsonUtilities.DefaultOptions);
        history = [.. JsonSerializer.Deserialize<IList<ChatMessage>>(saved, AIJsonUtilities.DefaultOptions)!];
        history.Add(new(ChatRole.User, "What's my name?"));
        Assert.Contains("Alice", (await Ask(client, stream, history, null)).Text, StringComparison.Ordinal);
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinue(first.ResponseId!)));
    }

    [Fact]
    public async Task Text_only_history_is_recognized_by_its_ConversationId()
    {
        var client = Conversations();
        List<ChatMessage> history = [];
        string? last = null;
        foreach (var text in (string[])["My name is Alice. Remember this.", "What's my name?", "And what is 101*3"])
        {
            history.Add(new(ChatRole.User, text));
            var answer = await Ask(client, false, history, "ticket-4711");
            Assert.Equal("user", Kinds(Emulator.Requests[^1]));
            Assert.Equal(last, Emulator.Requests[^1].PreviousResponseId);
            history.Add(new(ChatRole.Assistant, answer.Text));
            last = answer.ResponseId;
        }
    }

    [Fact]
    public async Task Shortened_history_is_sent_as_given()
    {
        var client = Conversations();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        history.AddRange((await Ask(client, false, history, "ticket-4711")).Messages);
        history.Add(new(ChatRole.User, "My favourite colour is blue."));
        history.AddRange((await Ask(client, false, history, "ticket-4711")).Messages);
        history.RemoveRange(0, 2);
        history.Add(new(ChatRole.User, "What's my name?"));
        Assert.DoesNotContain("Alice", (await Ask(client, false, history, "ticket-4711")).Text, StringComparison.Ordinal);
        Assert.Equal("user reasoning assistant user", Kinds(Emulator.Requests[^1].ShouldContinueNothing()));
        Assert.Equal(3, (await client.Conversations.GetTreeAsync("ticket-4711")).Count);
    }

    [Fact]
    public async Task Repeated_last_question_adds_a_sibling_turn()
    {
        var client = Conversations();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        var first = await Ask(client, false, history, "ticket-4711");
        history.AddRange(first.Messages);
        history.Add(new(ChatRole.User, "What's my name?"));
        await Ask(client, false, history, "ticket-4711");
        await Ask(client, false, history, "ticket-4711");
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinue(first.ResponseId!)));
        Assert.Equal(3, (await client.Conversations.GetTreeAsync("ticket-4711")).Count);
        Assert.Equal(2, (await client.Conversations.GetTurnsAsync("ticket-4711")).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_loop_with_full_history_sends_only_results_and_detects_an_edited_result(bool stream)
    {
        var weather = AIFunctionFactory.Create((string city) => $"18 degrees in {city}", "get_weather", "The weather in a city.");
        var options = new ChatOptions { Tools = [weather] };
        var client = Conversations();
        List<ChatMessage> history = [new(ChatRole.User, "What is the weather in Oslo?")];
        var asked = await Ask(client, stream, history, null, options);
        history.AddRange(asked.Messages);
        var call = asked.Messages[0].Contents.OfType<FunctionCallContent>().Single();
        history.Add(new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "18 degrees in Oslo")]));
        var answer = await Ask(client, stream, history, null, options);
        Assert.Equal("function_call_output", Kinds(Emulator.Requests[^1].ShouldContinue(asked.ResponseId!)));

        history.AddRange(answer.Messages);
        history.Add(new(ChatRole.User, "Thanks."));
        await Ask(client, stream, history, null, options);
        Assert.Equal("user", Kinds(Emulator.Requests[^1].ShouldContinue(answer.ResponseId!)));

        history[2] = new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "30 degrees in Oslo")]);
        await Ask(client, stream, history, null, options);
        Assert.Equal("function_call_output assistant user", Kinds(Emulator.Requests[^1].ShouldContinue(asked.ResponseId!)));
    }

    [Fact]
    public async Task Replaced_image_link_or_file_counts_as_an_edit()
    {
        var client = Conversations(client: static o => o.KeepImagesUnstored = false);
        var png = Some.Png;
        (png[19], png[23]) = (16, 16);
        var files = client.GetService<GrokFileClient>()!;
        var (fileA, fileB) = (await files.UploadAsync(new MemoryStream("a"u8.ToArray()), null, "a.txt"), await files.UploadAsync(new MemoryStream("b"u8.ToArray()), null, "b.txt"));
        foreach (var (before, after) in ((AIContent, AIContent)[])
        [
            (new DataContent(png, "image/png"), new DataContent((byte[])[.. png, 0], "image/png")),
            (new UriContent("https://example.org/a.png", "image/png"), new UriContent("https://example.org/b.png", "image/png")),
            (fileA, fileB),
        ])
        {
            List<ChatMessage> history = [Some.User(before, new TextContent("What is this?"))];
            var first = await Ask(client, false, history, null);
            history.AddRange(first.Messages);
            history.Add(new(ChatRole.User, "Are you sure?"));
            await Ask(client, false, history, null);
            Emulator.Requests[^1].ShouldContinue(first.ResponseId!);
            history[0] = Some.User(after, new TextContent("What is this?"));
            await Ask(client, false, history, null);
            Emulator.Requests[^1].ShouldContinueNothing();
        }
    }

    [Fact]
    public async Task History_of_another_tenant_is_not_resumed()
    {
        var mine = Conversations(static o => o.Tenant = "a");
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        var first = await Ask(mine, false, history, null);
        history.AddRange(first.Messages);
        history.Add(new(ChatRole.User, "What's my name?"));
        await Ask(mine, false, history, null, new ChatOptions().WithTenant("b"));
        Emulator.Requests[^1].ShouldContinueNothing();
        Assert.Single(await mine.Conversations.GetTreeAsync(first.ConversationId!));
    }

    [Fact]
    public async Task Rejected_reasoning_of_an_edited_history_is_dropped_on_resend()
    {
        var client = Conversations(client: static o => o.Store = false);
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        history.AddRange((await Ask(client, false, history, null)).Messages);
        await StartAsync(o => o.TimeProvider = Clock);
        var other = Conversations(client: static o => o.Store = false);
        history[0] = new(ChatRole.User, "My name is Carol. Remember this.");
        history.Add(new(ChatRole.User, "What's my name?"));
        var answer = await Ask(other, false, history, null);
        Assert.Contains("Carol", answer.Text, StringComparison.Ordinal);
        Assert.Equal("user assistant user", Kinds(Emulator.Requests[^1]));
        Assert.Equal("ReasoningRejected", answer.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
    }

    [Fact]
    public async Task Expired_conversation_is_rebuilt_from_the_callers_history_when_the_store_keeps_no_texts()
    {
        foreach (var retention in (ConversationRetention[])[ConversationRetention.Reasoning, ConversationRetention.Nothing])
        {
            var client = Conversations(o => o.Retention = retention);
            List<ChatMessage> history = [];
            var answers = new List<ChatResponse>();
            foreach (var text in (string[])["My name is Alice. Remember this.", "My favourite colour is blue.", "What's my name?"])
            {
                Clock.Advance(text.StartsWith("What", StringComparison.Ordinal) ? TimeSpan.FromDays(31) : TimeSpan.Zero);
                history.Add(new(ChatRole.User, text));
                answers.Add(await Ask(client, false, history, null));
                // As saved by a host that keeps texts only.
                history.Add(new(ChatRole.Assistant, answers[^1].Text) { AdditionalProperties = answers[^1].Messages[0].AdditionalProperties });
            }

            Assert.Contains("Alice", answers[2].Text, StringComparison.Ordinal);
            Assert.Equal(retention == ConversationRetention.Reasoning ? answers[..2].Select(Blob) : [], Blobs(Emulator.Requests[^1].ShouldContinueNothing()));
            var turns = await client.Conversations.GetTurnsAsync(answers[2].ConversationId!);
            Assert.All(turns, t => Assert.Empty(client.Conversations.Read(t).Input));
            Assert.All(turns.SelectMany(t => client.Conversations.Read(t).Output).SelectMany(static m => m.Contents), static c => Assert.IsType<TextReasoningContent>(c));
        }
    }

    private static Task<ChatResponse> Ask(IChatClient client, bool stream, IEnumerable<ChatMessage> history, string? id, ChatOptions? options = null)
    {
        options = options?.Clone() ?? new ChatOptions();
        options.ConversationId = id;
        return stream ? client.GetStreamingResponseAsync(history, options).ToChatResponseAsync() : client.GetResponseAsync(history, options);
    }

    private static async Task<string> ResponseOf(ConversationChatClient client, ChatMessage answer)
    {
        var turns = await client.Conversations.GetTreeAsync((string)answer.AdditionalProperties![GrokKeys.History.Conversation]!);
        return turns.Single(t => t.Id == (string)answer.AdditionalProperties[GrokKeys.Answer.Turn]!).ResponseId!;
    }
}
