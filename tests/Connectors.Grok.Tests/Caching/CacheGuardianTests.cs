using System.Text.Json;
using Connectors.Grok.Caching;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Tests.Caching;

/// <summary>What is reported of histories that no longer begin with the items sent before, and what is not.</summary>
public sealed class CacheGuardianTests : IDisposable
{
    private const string Secret = "the-treasure-lies-under-the-oak";

    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();
    private readonly GrokChatClient _client;

    public CacheGuardianTests() => _client = Some.Client(_handler, o => (o.LoggerFactory, o.AlwaysStream, o.Store) = (_log, false, false));

    /// <summary>A change of the history <c>system user reasoning assistant user reasoning assistant user</c>, and the item and the change that are reported.</summary>
    public static readonly TheoryData<string, string?> Changes = new()
    {
        { "nothing", null },
        { "the first reasoning left out", "item 2 (Reasoning), ReasoningLeftOut. The reasoning" },
        { "the new reasoning left out", "item 8 (Reasoning), ReasoningLeftOut. The reasoning" },
        { "two messages exchanged", "item 3 (Assistant), Reordered. The same items" },
        { "a question edited", "item 4 (User), Edited. An item was edited" },
        { "an answer edited", "item 3 (Assistant), Edited. An item was edited" },
        { "a time in the instructions", "item 0 (System), InstructionsChanged. The instructions" },
        { "the instructions removed", "item 0 (System), InstructionsChanged. The instructions" },
        { "a system message inserted", "item 2 (System), InstructionsChanged. The instructions" },
        { "a window", "item 1 (User), Removed. An item was removed" },
        { "a message inserted", "item 1 (User), Inserted. An item was inserted" },
        { "another tool", "no item, ToolsChanged. The tools changed" },
        { "another model", "no item, ModelChanged. The model changed" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Changed_history_is_reported_once_with_its_first_difference_and_the_cause(string change, string? reported)
    {
        // With a key of the caller: a window changes the first message, from which a key is derived.
        var options = new ChatOptions { Instructions = "Be brief. It is 12:00.", Tools = [Function("weather")] }.WithPromptCacheKey("ticket-4711");
        var history = await HistoryAsync(options);
        Assert.Empty(_log.Lines);
        var changed = history.Select(static m => m.Clone()).ToList();
        switch (change)
        {
            case "the first reasoning left out":
                changed[1].Contents = [changed[1].Contents[1]];
                break;
            case "the new reasoning left out":
                changed[5].Contents = [changed[5].Contents[1]];
                break;
            case "two messages exchanged":
                (changed[1].Contents, changed[2]) = ([changed[1].Contents[0]], new(ChatRole.User, changed[2].Text));
                changed.Insert(3, new(ChatRole.Assistant, history[1].Text));
                break;
            case "a question edited":
                changed[2] = new(ChatRole.User, Secret);
                break;
            case "an answer edited":
                changed[1].Contents = [changed[1].Contents[0], new TextContent(Secret)];
                break;
            case "a time in the instructions":
                options.Instructions = "Be brief. It is 12:01.";
                break;
            case "the instructions removed":
                options.Instructions = null;
                break;
            case "a system message inserted":
                changed.Insert(1, new(ChatRole.System, Secret));
                break;
            case "a window":
                changed.RemoveRange(0, 2);
                break;
            case "a message inserted":
                changed.Insert(0, new(ChatRole.User, Secret));
                break;
            case "another tool":
                options.Tools = [Function("weather"), Function(Secret)];
                break;
            case "another model":
                options.ModelId = "grok-4.6";
                break;
        }

        await AskAsync(changed, options, 4);
        await AskAsync(changed, options, 5);
        var warnings = _log.Lines.Where(static l => l.Contains("prompt cache key", StringComparison.Ordinal)).ToList();
        Assert.Equal(reported is null ? 0 : 1, warnings.Count);
        Assert.All(warnings, w => Assert.Contains($"ticket-4711 no longer begins with the items sent before, so the service reads less of it from its prompt cache. The first difference: {reported}", w, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, string.Join('\n', _log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_instructions_are_reported_with_a_derived_key_too()
    {
        var history = await HistoryAsync(new() { Instructions = "It is 12:00." });
        await AskAsync(history, new() { Instructions = "It is 12:01." }, 4);
        await AskAsync(history, new() { Instructions = "It is 12:02." }, 5);
        Assert.Contains("item 0 (System), InstructionsChanged", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_histories_with_the_same_beginning_are_not_reported()
    {
        var options = new ChatOptions { Instructions = "Be brief." };
        var history = await HistoryAsync(options);
        // A new answer to an earlier question, another question, another agent, and a conversation that begins in the same way.
        List<ChatMessage> regenerated = history[..1];
        await AskAsync(regenerated, options, 10);
        await AskAsync([.. history[..4], new(ChatRole.User, "Another question.")], options, 11);
        await AskAsync([.. history[..1]], new() { Instructions = "Translate." }, 12);
        regenerated.Add(new(ChatRole.User, "More."));
        await AskAsync(regenerated, options, 13);
        history.Add(new(ChatRole.User, "And so on."));
        await AskAsync(history, options, 14);
        // A shorter history, as after going back.
        await AskAsync(history[..3], options, 15);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(17, 0)]
    public async Task Key_that_unrelated_histories_share_is_no_longer_watched(int histories, int reported)
    {
        var options = new ChatOptions().WithPromptCacheKey("all");
        for (var i = 1; i <= histories; i++)
        {
            await AskAsync([new(ChatRole.User, $"Question {i}")], options, i);
        }

        await AskAsync([new(ChatRole.User, "inserted"), new(ChatRole.User, "Question 16"), new(ChatRole.User, "More.")], options, 20);
        Assert.Equal(reported, _log.Lines.Count);
    }

    [Fact]
    public void Items_of_every_type_are_compared_by_content_and_not_by_id()
    {
        var result = new FunctionCallOutputItem { CallId = "c", Output = new("18 degrees") };
        ResponseItem[] items =
        [
            new MessageItem { Role = "developer", Content = [new InputTextPart("Be brief.")] },
            new MessageItem { Role = "user", Name = "Ann", Content = [new InputTextPart("q"), new InputImagePart { ImageUrl = "https://x.ai/cat.png", Detail = "high" }, new InputFilePart { FileId = "file-1" }] },
            new MessageItem { Role = "user" },
            new MessageItem { Role = "assistant", Content = [new OutputTextPart { Text = "a" }, new RefusalPart { Refusal = "no" }] },
            new ReasoningItem { EncryptedContent = "blob" },
            new ReasoningItem { Summary = [new SummaryTextPart("thought")] },
            new FunctionCallItem { CallId = "c", Name = "weather", Arguments = "{}" },
            result,
            new FunctionCallOutputItem { CallId = "c", Output = new(null, [new InputTextPart("18 degrees")]) },
            new CompactionItem { EncryptedContent = "summary" },
        ];
        var digests = items.Select(ItemDigest.Of).ToList();
        Assert.Equal(digests, items.Select(static i => ItemDigest.Of(i)));
        Assert.Equal(digests.Count, digests.Distinct().Count());
        Assert.Equal(ItemDigest.Of(result), ItemDigest.Of(result with { Id = "other", Status = "completed" }));
        Assert.Equal(
            [SentKind.System, SentKind.User, SentKind.User, SentKind.Assistant, SentKind.Reasoning, SentKind.Reasoning, SentKind.Call, SentKind.Result, SentKind.Result, SentKind.Other],
            digests.Select(ItemDigest.KindOf));
    }

    [Fact]
    public void Result_that_was_edited_after_it_was_sent_is_reported()
    {
        var guardian = new CacheGuardian(_log);
        ResponseItem[] call = [Message("q"), new FunctionCallItem { CallId = "c", Name = "weather", Arguments = "{}" }];
        guardian.Check(Request("k", [.. call, new FunctionCallOutputItem { CallId = "c", Output = new("a long result") }]));
        guardian.Check(Request("k", [.. call, new FunctionCallOutputItem { CallId = "c", Output = new("cut") }, Message("More.")]));
        Assert.Contains("item 2 (Result), Edited", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_bounded_and_the_least_recently_used_key_is_dropped_first()
    {
        var guardian = new CacheGuardian(_log, capacity: (3 * (CacheGuardian.KeySize + 2)) + 1);
        foreach (var key in (string[])["a", "b", "c", "a", "d"])
        {
            guardian.Check(Request(key, Message("q"), Message("r")));
        }

        Assert.Equal(3, guardian.Count);
        guardian.Check(Request("b", Message("edited"), Message("r"), Message("s")));
        Assert.Empty(_log.Lines);
        guardian.Check(Request("a", Message("edited"), Message("r"), Message("s")));
        Assert.Single(_log.Lines);

        // More than everything: not even this one is kept.
        guardian.Check(Request("e", [.. Enumerable.Range(0, 1_000).Select(static i => Message($"{i}"))]));
        Assert.Equal(0, guardian.Count);
    }

    [Fact]
    public void Nothing_is_kept_where_nobody_reads_the_log_and_of_requests_without_a_whole_history()
    {
        var quiet = new CacheGuardian(NullLogger.Instance);
        Assert.Null(quiet.Check(Request("k", Message("q"))));
        var guardian = new CacheGuardian(_log);
        Assert.Null(guardian.Check(Request("k", Message("q")) with { PreviousResponseId = "r" }));
        Assert.Null(guardian.Check(Request("k", Message("q")) with { PromptCacheKey = null }));
        Assert.Equal((0, 0), (quiet.Count, guardian.Count));
    }

    public void Dispose() => _client.Dispose();

    private static MessageItem Message(string text) => new() { Role = "user", Content = [new InputTextPart(text)] };

    private static CreateResponseRequest Request(string key, params ResponseItem[] items) => new() { PromptCacheKey = key, Input = items };

    private static AITool Function(string name) => AIFunctionFactory.CreateDeclaration(name, null, JsonDocument.Parse("{}").RootElement);

    /// <summary>Three turns and a fourth question; the third request was the last one that was sent.</summary>
    private async Task<List<ChatMessage>> HistoryAsync(ChatOptions options)
    {
        List<ChatMessage> history = [new(ChatRole.User, "First question")];
        await AskAsync(history, options, 1);
        history.Add(new(ChatRole.User, "Second question"));
        await AskAsync(history, options, 2);
        history.Add(new(ChatRole.User, "Third question"));
        await AskAsync(history, options, 3);
        history.Add(new(ChatRole.User, "Fourth question"));
        return history;
    }

    /// <summary>Asks; the answer, which has reasoning of its own, is added to the history.</summary>
    private async Task AskAsync(List<ChatMessage> history, ChatOptions options, int number)
    {
        _handler.Json(Some.Answer($"{Some.Reasoning(Some.Summary("thought"), $"{Some.Blob}{number}")},{Some.Message($"Answer {number}")}"));
        history.AddRange((await _client.GetResponseAsync(history, options)).Messages);
    }
}
