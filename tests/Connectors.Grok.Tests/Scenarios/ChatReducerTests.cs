using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Histories that a host carries and that the service compacts, over the emulator.</summary>
public class ChatReducerTests : EmulatorTest
{
    private static readonly string[] Questions = ["My name is Alice. Remember this.", "What is 101*3", "What is 2*3", "What's my name?", "What is 2*4", "What is 2*5", "Say it again: what's my name?"];

    private IEnumerable<Emulator.RecordedRequest> Compactions => Emulator.Requests.Where(static r => r.Path.EndsWith("/compact", StringComparison.Ordinal));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_takes_the_place_of_finished_exchanges_and_holds_their_reasoning(bool keepsReduced)
    {
        var client = Client(static o => o.Store = false);
        var reducer = new GrokChatReducer(client, new() { Turns = 2 });
        List<ChatMessage> history = [new(ChatRole.System, "End every answer with \"Over.\"")];
        foreach (var question in Questions)
        {
            history.Add(new(ChatRole.User, question));
            var before = Json(history);
            var sent = (await reducer.ReduceAsync(history, default)).ToList();
            Assert.Equal(before, Json(history));
            var answer = await client.GetResponseAsync(sent);
            Assert.EndsWith("Over.", answer.Text, StringComparison.Ordinal);
            if (question.Contains("my name?", StringComparison.Ordinal))
            {
                Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
            }

            history = keepsReduced ? [.. Keeping.ThroughJson(sent)] : history;
            history.AddRange(answer.Messages);
        }

        // After the exchanges 2, 4 and 6; the request after each begins with the summary.
        var compactions = Compactions.ToList();
        Assert.Equal(["system user reasoning assistant user reasoning assistant", .. Enumerable.Repeat("compaction user reasoning assistant user reasoning assistant", 2)], compactions.Select(Kinds));
        Assert.All(compactions.SelectMany(static r => r.Items).Where(static i => i.GetProperty("type").GetString() == "reasoning"), static i => Assert.NotEmpty(i.GetProperty("encrypted_content").GetString()!));
        Assert.Equal(
            ["system user", "system user reasoning assistant user", "compaction user", "compaction user reasoning assistant user", "compaction user", "compaction user reasoning assistant user", "compaction user"],
            Emulator.Requests.Except(compactions).Select(Kinds));
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    [Fact]
    public async Task Length_decides_with_the_limit_and_the_tokens_of_the_summary_count()
    {
        var client = Client(static o => o.Store = false);
        var log = new ListLogger();
        var reducer = new GrokChatReducer(client, new() { Limit = 2_000, Share = 0.5 }, log);
        List<ChatMessage> history = [new(ChatRole.User, $"My name is Alice. {new string('x', 3_900)}"), new(ChatRole.Assistant, "Nice."), new(ChatRole.User, "And?")];
        Assert.Same(history[0], (await reducer.ReduceAsync(history, default)).First());
        history.AddRange([new(ChatRole.Assistant, new string('y', 400)), new(ChatRole.User, "What's my name?")]);
        var reduced = (await reducer.ReduceAsync(history, default)).ToList();
        Assert.Equal(2, reduced.Count);
        Assert.Same(history[^1], reduced[1]);
        Assert.True(reduced[0].Contents.OfType<UsageContent>().Single().Details.GetCostInUsd() > 0);
        Assert.Contains("Alice", (await client.GetResponseAsync(reduced)).Text, StringComparison.Ordinal);
        Assert.Contains(log.Lines, static l => l.StartsWith("Compacted 4 messages of a carried history: 1", StringComparison.Ordinal));

        // The same history gets the same summary, and a longer one as well.
        Assert.Same(reduced[0], (await reducer.ReduceAsync(history, default)).First());
        history.AddRange([new(ChatRole.Assistant, "Alice."), new(ChatRole.User, "And?")]);
        var longer = (await reducer.ReduceAsync(history, default)).ToList();
        Assert.Equal((reduced[0], 4), (longer[0], longer.Count));
        Assert.Single(Compactions);
    }

    [Theory]
    [InlineData("image", 1_500)]
    [InlineData("link", 1_500)]
    [InlineData("file", 1_000)]
    [InlineData("call", 1_000)]
    [InlineData("result", 1_000)]
    [InlineData("reasoning", 1_000)]
    [InlineData("hosted", 1_000)]
    public async Task Every_content_counts_in_the_estimate(string kind, int tokens)
    {
        var text = new string('x', 4_000);
        AIContent content = kind switch
        {
            "image" => new DataContent(Some.Png, "image/png"),
            "link" => new UriContent("https://example.com/a.png", "image/png"),
            "file" => new DataContent(new byte[4_000], "text/plain"),
            "call" => new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["a"] = text }),
            "result" => new FunctionResultContent("c", text),
            "reasoning" => new TextReasoningContent("") { ProtectedData = text },
            _ => new ToolResultContent("c") { AdditionalProperties = new() { [GrokKeys.Content.Item] = $$"""{"type":"other_call","data":"{{text}}"}""" } },
        };
        List<ChatMessage> history = [new(ChatRole.User, [content]), new(ChatRole.Assistant, "Yes."), new(ChatRole.User, "And?")];
        var compactor = new StatefulService();
        Assert.Equal(3, (await new GrokChatReducer(compactor, new() { Limit = tokens + 100, Share = 1 }).ReduceAsync(history, default)).Count());
        Assert.Equal(2, (await new GrokChatReducer(compactor, new() { Limit = tokens, Share = 1 }).ReduceAsync(history, default)).Count());
    }

    [Fact]
    public async Task Failed_compaction_returns_the_messages_as_they_came()
    {
        var log = new ListLogger();
        var client = Client(static o => o.Store = false);
        var reducer = new GrokChatReducer(client, new() { Turns = 1, Model = "no-such-model" }, log);
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice."), new(ChatRole.Assistant, "Nice."), new(ChatRole.User, "What's my name?")];
        Assert.Equal(history, await reducer.ReduceAsync(history, default));
        Assert.Equal("A carried history could not be compacted (UnknownModel) and is sent as it is.", Assert.Single(log.Lines));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reducer.ReduceAsync(history, cancelled.Token));
    }

    [Fact]
    public async Task Failure_after_an_earlier_summary_continues_from_that()
    {
        var service = new StatefulService();
        var reducer = new GrokChatReducer(service, new() { Turns = 1 });
        List<ChatMessage> history = [new(ChatRole.User, "One"), new(ChatRole.Assistant, "1"), new(ChatRole.User, "Two")];
        var first = (await reducer.ReduceAsync(history, default)).ToList();
        history.AddRange([new(ChatRole.Assistant, "2"), new(ChatRole.User, "Three")]);
        service.CompactionFailures = 1;
        Assert.Equal([first[0], .. history.Skip(2)], await reducer.ReduceAsync(history, default));
        Assert.Equal(2, (await reducer.ReduceAsync(history, default)).Count());
    }

    [Fact]
    public async Task Question_and_its_function_calls_stay_as_they_are()
    {
        var reducer = new GrokChatReducer(new StatefulService(), new() { Turns = 1 });
        List<ChatMessage> history =
        [
            new(ChatRole.User, "One"), new(ChatRole.Assistant, "1"), new(ChatRole.User, "Two"),
            new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new(ChatRole.Tool, [new FunctionResultContent("c", "2")]),
        ];
        var reduced = (await reducer.ReduceAsync(history, default)).ToList();
        Assert.Equal(history.Skip(2), reduced.Skip(1));

        // Without another question, a finished exchange is part of the summary.
        history.Add(new(ChatRole.Assistant, "2"));
        Assert.Single(await reducer.ReduceAsync(history, default));
        Assert.Equal(2, (await reducer.ReduceAsync([.. history, new(ChatRole.User, "Three")], default)).Count());
    }

    [Fact]
    public async Task Call_that_waits_for_its_approval_stays_as_it_is()
    {
        var reducer = new GrokChatReducer(new StatefulService(), new() { Turns = 1 });
        var asked = new ToolApprovalRequestContent("a", new FunctionCallContent("c", "f"));
        List<ChatMessage> history = [new(ChatRole.User, "One"), new(ChatRole.Assistant, "1"), new(ChatRole.User, "Two"), new(ChatRole.Assistant, [asked])];
        Assert.Equal(history.Skip(2), (await reducer.ReduceAsync(history, default)).Skip(1));
        history.Add(new(ChatRole.User, [asked.CreateResponse(approved: true)]));
        var reduced = (await reducer.ReduceAsync(history, default)).ToList();
        Assert.Equal(history.Skip(2), reduced.Skip(1));
    }

    [Fact]
    public async Task Changed_history_is_compacted_again_and_changed_system_messages_follow_the_summary()
    {
        var client = Client(static o => o.Store = false);
        var reducer = new GrokChatReducer(client, new() { Turns = 1 });
        List<ChatMessage> history = [new(ChatRole.System, "Be short."), new(ChatRole.User, "My name is Alice."), new(ChatRole.Assistant, "Nice."), new(ChatRole.User, "What's my name?")];
        var first = (await reducer.ReduceAsync(history, default)).ToList();
        history[0] = new(ChatRole.System, "Be long.");
        var changed = (await reducer.ReduceAsync(history, default)).ToList();
        Assert.Equal([first[0], history[0], history[^1]], changed);
        Assert.Single(Compactions);
        await client.GetResponseAsync(changed);
        Assert.Equal("compaction system user", Kinds(Emulator.Requests[^1]));

        // Instructions of the options follow the summary too: it is the first item.
        await client.GetResponseAsync(first, new() { Instructions = "Be kind." });
        Assert.Equal("compaction system user", Kinds(Emulator.Requests[^1]));

        // Reasoning is no text, and yet part of what a summary stands for.
        history[2] = new(ChatRole.Assistant, [new TextReasoningContent("Hm."), new TextContent("Nice.")]);
        Assert.NotSame(first[0], (await reducer.ReduceAsync(history, default)).First());
        history[1] = new(ChatRole.User, "My name is Bob.");
        Assert.NotSame(first[0], (await reducer.ReduceAsync(history, default)).First());
        Assert.Equal(3, Compactions.Count());
    }

    [Fact]
    public async Task Least_recently_used_summary_is_forgotten_first()
    {
        var reducer = new GrokChatReducer(new StatefulService(), new() { Turns = 1 });
        var first = await SummaryOfAsync(0);
        var second = await SummaryOfAsync(1);
        for (var i = 2; i <= 1_000; i++)
        {
            Assert.Same(first, await SummaryOfAsync(0));
            await SummaryOfAsync(i);
        }

        Assert.Same(first, await SummaryOfAsync(0));
        Assert.NotSame(second, await SummaryOfAsync(1));

        async Task<ChatMessage> SummaryOfAsync(int i) =>
            (await reducer.ReduceAsync([new(ChatRole.User, $"Question {i}"), new(ChatRole.Assistant, "Yes."), new(ChatRole.User, "And?")], default)).First();
    }

    [Fact]
    public async Task Nothing_to_compact_returns_the_messages()
    {
        var reducer = new GrokChatReducer(new StatefulService(), new() { Turns = 1 });
        foreach (var history in (ChatMessage[][])[[], [new(ChatRole.User, "One")], [new(ChatRole.System, "Be short."), new(ChatRole.User, "One")], [new(ChatRole.System, "Be short.")]])
        {
            Assert.Equal(history, await reducer.ReduceAsync(history, default));
        }
    }

    [Fact]
    public async Task Wrong_arguments_are_named()
    {
        Assert.Equal("client", Assert.Throws<ArgumentNullException>(() => new GrokChatReducer(null!)).ParamName);
        Assert.Equal("client", Assert.Throws<ArgumentException>(() => new GrokChatReducer(new ScriptedClient())).ParamName);
        foreach (var when in (ConversationCompaction[])[new() { Share = 0 }, new() { Share = 1.1 }, new() { Limit = 0 }, new() { Turns = 0 }])
        {
            Assert.Equal("when", Assert.Throws<ArgumentException>(() => new GrokChatReducer(Client(), when)).ParamName);
        }

        await Assert.ThrowsAsync<ArgumentNullException>(() => new GrokChatReducer(Client()).ReduceAsync(null!, default));
    }

    private static string Json(IEnumerable<ChatMessage> messages) =>
        string.Join('\n', messages.Select(static m => JsonSerializer.Serialize(m, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage)))));

    private static string Kinds(Emulator.RecordedRequest request) => string.Join(' ', request.Items.Select(static i =>
        i.GetProperty("type").GetString() is "message" ? i.GetProperty("role").GetString() : i.GetProperty("type").GetString()));
}
