using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>How a whole history is recognized: what must not prevent it, what must be noticed, and what it costs.</summary>
public sealed class HistoryRecognitionTests : StatefulServiceTest
{
    public static TheoryData<bool, bool, string, string> Unusual
    {
        get
        {
            var data = new TheoryData<bool, bool, string, string>();
            foreach (var stream in (bool[])[false, true])
            {
                foreach (var isTracked in (bool[])[false, true])
                {
                    foreach (var way in (string[])["live", "JSON", "bare", "texts"])
                    {
                        foreach (var kind in (string[])["refusal", "search alone", "text and search", "greeting", "note", "note before a question", "two notes"])
                        {
                            if (way != "texts" || kind != "refusal")
                            {
                                data.Add(stream, isTracked, way, kind);
                            }
                        }
                    }
                }
            }

            return data;
        }
    }

    public static TheoryData<bool, bool, string, string> Noticed => new MatrixTheoryData<bool, bool, string, string>(
        [false, true], [false, true], ["live", "JSON", "bare"], ["list of contents", "array of contents", "image in a list", "user name", "refusal"]);

    [Theory]
    [MemberData(nameof(Unusual))]
    public async Task Only_new_messages_are_sent_after_an_answer_without_text_or_a_note_of_the_application(bool stream, bool isTracked, string way, string kind)
    {
        const int Turns = 8;
        var inner = new ScriptedClient([.. Enumerable.Range(1, Turns).Select(turn => (Func<ChatResponseUpdate[]>)(() => Answer(turn, kind)))]);
        IChatClient client = isTracked ? Tracking(inner: inner) : Conversations(inner: inner);
        List<ChatMessage> history = kind == "greeting" ? [Assistant("Welcome!")] : [];
        var sent = Enumerable.Repeat(1, Turns).ToList();
        for (var turn = 1; turn <= Turns; turn++)
        {
            history.AddRange((turn, kind) switch
            {
                (3, "note") => [Assistant("Order 5 was shipped."), User("question 3")],
                (3, "two notes") => [Assistant("Order 5 was shipped."), User("wait"), Assistant("Order 6 too."), User("question 3")],
                (3, "note before a question") => [User("wait"), Assistant("Order 5 was shipped."), User("question 3")],
                _ => [User($"question {turn}")],
            });
            history = Kept(way, history);
            history.AddRange((await client.Ask(stream, history, isTracked ? null : Named())).Messages);
        }

        (sent[0], sent[2]) = (kind == "greeting" ? 2 : 1, kind switch { "note" => 2, "note before a question" => 3, "two notes" => 4, _ => 1 });
        Assert.Equal(sent, inner.Sent.Select(static s => s.Messages.Count));
        Assert.Equal("r7", inner.Sent[^1].Options!.ConversationId);
    }

    [Theory]
    [MemberData(nameof(Noticed))]
    public async Task Edit_that_the_model_would_see_is_sent(bool stream, bool isTracked, string way, string what)
    {
        IChatClient client = isTracked ? Tracking() : Conversations();
        List<ChatMessage> history = [new(ChatRole.User, "question 1") { AuthorName = "Alice" }];
        await AskAsync();
        history.Add(User(what == "refusal" ? "refuse it" : "call it"));
        await AskAsync();
        if (what != "refusal")
        {
            history.Add(Result(history[^1].Contents.OfType<FunctionCallContent>().Single().CallId, ResultOf(what, "18 degrees")));
            await AskAsync();
        }

        if (what == "user name")
        {
            history[0] = new(ChatRole.User, "question 1") { AuthorName = "Robert" };
        }
        else if (what == "refusal")
        {
            history[3] = new(ChatRole.Assistant, [new ErrorContent("edited refusal") { ErrorCode = "Refusal" }]);
        }
        else
        {
            history[4] = Result(((FunctionResultContent)history[4].Contents[0]).CallId, ResultOf(what, "21 degrees"));
        }

        history.Add(User("and tomorrow?"));
        var posted = history.Count;
        await AskAsync();
        if (what == "user name")
        {
            Assert.Equal(posted, Service.Sent);
            return;
        }

        var seen = Content(Service.Seen);
        Assert.Contains(what switch { "refusal" => "edited refusal", "image in a list" => Convert.ToBase64String(Picture("21 degrees")), _ => "21 degrees" }, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(what switch { "refusal" => "refused r2", "image in a list" => Convert.ToBase64String(Picture("18 degrees")), _ => "18 degrees" }, seen, StringComparison.Ordinal);

        async Task AskAsync()
        {
            history = Kept(way, history);
            history.AddRange((await client.Ask(stream, history, isTracked ? null : Named())).Messages);
        }
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(1_000, false)]
    [InlineData(10_000, false)]
    [InlineData(10, true)]
    [InlineData(1_000, true)]
    public async Task Any_history_is_found_in_two_round_trips_at_most(int turns, bool isProtected)
    {
        var store = new HookedStore(Store);
        var reads = 0;
        var inner = new ScriptedClient([.. Enumerable.Range(1, turns + 16).Select(turn => (Func<ChatResponseUpdate[]>)(() =>
        {
            reads = store.Calls.Count;
            return ScriptedClient.Text($"answer {turn}", $"r{turn}");
        }))]);
        var client = Conversations(o => o.Protector = isProtected ? new XorProtector() : null, inner, store);
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= turns; turn++)
        {
            history.Add(User($"question {turn}"));
            history.AddRange((await client.Ask(false, [history[^1]], Named())).Messages);
        }

        foreach (var way in (string[])["live", "texts"])
        {
            foreach (var (what, posted) in ((string, List<ChatMessage>)[])[("whole", history), ("shortened", history[2..]), ("first question edited", [User("edited"), .. history[1..]]), ("window", [.. history.TakeLast(5)])])
            {
                store.Calls.Clear();
                await client.Ask(true, [.. Kept(way, posted), User($"{what} {way}")], Named());
                Assert.True(reads is 1 or 2, $"{what}, {way}: {reads} round trips: {string.Join(", ", store.Calls.Take(8))}");
                Assert.Equal(what == "whole" ? 1 : posted.Count + 1, inner.Sent[^1].Messages.Count);
            }
        }
    }

    private static ChatResponseUpdate[] Answer(int turn, string kind)
    {
        var answer = ScriptedClient.Text($"answer {turn}", $"r{turn}");
        AIContent[] search = [new WebSearchToolCallContent($"w{turn}") { Queries = ["weather"] }, new WebSearchToolResultContent($"w{turn}") { Outputs = [new UriContent("https://x.ai/", "text/html")] }];
        answer[0].Contents = (turn, kind) switch
        {
            (3, "refusal") => [new ErrorContent("I cannot help with that.") { ErrorCode = "Refusal" }],
            (3, "search alone") => search,
            (3, "text and search") => [.. answer[0].Contents, .. search, new TextContent(" More.")],
            _ => answer[0].Contents,
        };
        return answer;
    }

    private static object ResultOf(string what, string text) => what switch
    {
        "list of contents" => new List<AIContent> { new TextContent(text) },
        "image in a list" => new AIContent[] { new DataContent(Picture(text), "image/png") },
        _ => new AIContent[] { new TextContent(text) },
    };

    private static byte[] Picture(string text) => [.. Some.Png, .. System.Text.Encoding.UTF8.GetBytes(text)];

    /// <summary>The refusals and the results that a model saw, images by their base64.</summary>
    private static string Content(IEnumerable<ChatMessage> messages) => string.Join('\n', messages.SelectMany(static m => m.Contents).Select(static c => c switch
    {
        ErrorContent error => error.Message,
        FunctionResultContent { Result: JsonElement json } => json.GetRawText().Replace("\\u002B", "+", StringComparison.Ordinal),
        FunctionResultContent { Result: IEnumerable<AIContent> list } => string.Join('\n', list.Select(static i => i is DataContent data ? data.Base64Data.ToString() : i.ToString())),
        _ => "",
    }));
}
