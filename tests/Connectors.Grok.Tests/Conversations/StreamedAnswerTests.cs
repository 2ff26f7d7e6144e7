using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

/// <summary>A turn is the same whether its answer was streamed or not.</summary>
public class StreamedAnswerTests
{
    private const string Cited = """[{"type":"url_citation","url":"https://example.org/1","start_index":0,"end_index":2,"title":"1"}]""";
    private const string Search = """{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"q","sources":[{"type":"url","url":"https://example.org/1"}]}}""";

    private static string[] Thoughts => [Some.Added(0, Some.Reasoning("")), Some.SummaryDelta("I "), Some.SummaryDelta("see."), Some.SummaryDelta("So.", 0, 1), Some.Done(0, Thought)];

    private static string Thought => Some.Reasoning(Some.Summary("I see.") + "," + Some.Summary("So."));

    /// <summary>What is streamed before the end, the output that it comes to, and how it ends.</summary>
    public static TheoryData<string, string[], string, string> Answers => new()
    {
        { "text", [Some.TextDelta("Yes"), Some.TextDelta("."), Some.Done(0, Some.Message("Yes."))], Some.Message("Yes."), "completed" },
        { "text that only the end finishes", [Some.TextDelta("Yes"), Some.TextDelta(".")], Some.Message("Yes."), "completed" },
        { "text that ends otherwise than it was streamed", [Some.TextDelta("Yes"), Some.Done(0, Some.Message("Yes, it is."))], Some.Message("Yes, it is."), "completed" },
        { "citations", [Some.TextDelta("Yes."), Some.Done(0, Some.Message("Yes.", Cited))], Some.Message("Yes.", Cited), "completed" },
        { "thoughts", [.. Thoughts, Some.TextDelta("Yes.", 1), Some.Done(1, Some.Message("Yes."))], $"{Thought},{Some.Message("Yes.")}", "completed" },
        { "a search and two texts", [Some.TextDelta("Hm.", 0), Some.Done(0, Some.Message("Hm.")), Some.Done(1, Search), Some.TextDelta("Yes.", 2), Some.Done(2, Some.Message("Yes."))], $"{Some.Message("Hm.")},{Search},{Some.Message("Yes.")}", "completed" },
        { "calls that end in another order", [Some.Added(0, Some.Call("f", "", "c0")), Some.Done(1, Some.Call("f", "{}", "c1")), Some.Done(0, Some.Call("f", "{}", "c0"))], $"{Some.Call("f", "{}", "c0")},{Some.Call("f", "{}", "c1")}", "completed" },
        { "a call that is cut", [Some.Added(0, Some.Call("f", "", "c0")), Some.Done(0, Some.Call("f", "{\"a", "c0"))], Some.Call("f", "{\"a", "c0"), "incomplete" },
        { "a piece that comes late", [Some.TextDelta("Yes."), Some.Done(0, Some.Message("Yes.")), Some.TextDelta(" Late.")], Some.Message("Yes."), "completed" },
        { "nothing", [], "", "completed" },
    };

    public static IEnumerable<TheoryDataRow<string, string[], string, string>> AnswersOneByOne => Answers.Where(static a => a.Data.Item1 != "text that only the end finishes");

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_turn_is_kept_as_if_its_answer_had_not_been_streamed(string what, string[] frames, string output, string status)
    {
        _ = what;
        var whole = await Kept(new StubHandler().Json(Some.Answer(output, status)), isStreamed: false);
        Assert.Equal(whole, await Kept(new StubHandler().Sse([Some.Created, .. frames, Some.Completed(output, status)]), isStreamed: true));
    }

    [Theory]
    [InlineData("Yes", "Yes, it is.", "Yes, it is.")]
    [InlineData("Yes", "No, it is not.", "Yes")]
    public async Task The_rest_of_a_text_leaves_if_it_begins_as_it_was_streamed(string streamed, string finished, string seen)
    {
        using var client = Some.Client(new StubHandler().Sse(Some.Created, Some.TextDelta(streamed), Some.Done(0, Some.Message(finished)), Some.Completed(Some.Message(finished)))).AsConversationClient(new InMemoryConversationStore());
        Assert.Equal(seen, (await client.GetStreamingResponseAsync("q").ToChatResponseAsync()).Text);
    }

    /// <summary>Proxies leave the output of the last event empty.</summary>
    [Theory]
    [MemberData(nameof(AnswersOneByOne))]
    public async Task Items_that_came_one_by_one_are_kept_where_the_end_has_none(string what, string[] frames, string output, string status)
    {
        _ = what;
        var whole = await Kept(new StubHandler().Json(Some.Answer(output, status)), isStreamed: false);
        Assert.Equal(whole, await Kept(new StubHandler().Sse([Some.Created, .. frames, Some.Completed("", status)]), isStreamed: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_of_which_the_finished_item_knows_nothing_is_kept_as_it_was_streamed(bool isFinished)
    {
        string[] end = isFinished ? [Some.Done(1, Some.Message(""))] : [];
        var kept = await Kept(new StubHandler().Sse([Some.Created, Some.TextDelta("b", 1, 2), Some.TextDelta("A", 1), Some.TextDelta("a", 1, 1), Some.TextDelta("B", 1, 2), .. end, Some.Completed("")]), isStreamed: true);
        Assert.Contains("\"role\":\"assistant\",\"contents\":[{\"$type\":\"text\",\"text\":\"AabB\"}]", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_layer_made_of_an_answer_is_kept_as_it_came_through()
    {
        var kept = await Kept(new StubHandler().Sse(Some.Created, Some.TextDelta("The code is "), Some.TextDelta("4711"), Some.Completed(Some.Message("The code is 4711"))), isStreamed: true, static c => new Masked(c));
        Assert.Contains("\"text\":\"The code is ****\"", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", kept, StringComparison.Ordinal);
    }

    /// <summary>The stamps are made of the whole answer.</summary>
    [Fact]
    public async Task An_answer_for_a_host_of_whole_histories_is_stamped_as_if_it_had_not_been_streamed()
    {
        string output = $"{Thought},{Some.Message("Yes.")}";
        using var whole = Some.Client(new StubHandler().Json(Some.Answer(output))).ForSemanticKernel();
        using var streamed = Some.Client(new StubHandler().Sse([Some.Created, .. Thoughts, Some.TextDelta("Ye", 1), Some.TextDelta("s.", 1), Some.Done(1, Some.Message("Yes.")), Some.Completed(output)])).ForSemanticKernel();
        var stamps = (await whole.GetResponseAsync("q")).Messages[0].AdditionalProperties!;
        var others = (await streamed.GetStreamingResponseAsync("q").ToChatResponseAsync()).Messages[0].AdditionalProperties!;
        Assert.NotNull(stamps[GrokKeys.KeptReasoning]);
        Assert.All([GrokKeys.Fingerprint, GrokKeys.KeptReasoning, GrokKeys.ResponseId, GrokKeys.FinishReason], key => Assert.Equal(stamps[key]?.ToString(), others[key]?.ToString()));
    }

    /// <summary>The turn that one answer becomes, as the store has it.</summary>
    private static async Task<string> Kept(StubHandler answers, bool isStreamed, Func<IChatClient, IChatClient>? layer = null)
    {
        var store = new InMemoryConversationStore();
        var grok = Some.Client(answers);
        using var client = (layer is null ? grok : layer(grok)).AsConversationClient(store);
        await client.Ask(isStreamed, [new ChatMessage(ChatRole.User, "q")], new ChatOptions { ConversationId = "ticket-4711" });
        var turn = Assert.Single(await client.Conversations.GetTurnsAsync("ticket-4711"));
        return $"{turn.ResponseId} {turn.IsStored} {turn.Model} {turn.InputTokens} {turn.OutputTokens} {turn.CostInUsdTicks} {Encoding.UTF8.GetString(turn.Content.Span)}";
    }

    private sealed class Masked(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                update.Contents = [.. update.Contents.Select(static c => c is TextContent text ? new TextContent(text.Text.Replace("4711", "****", StringComparison.Ordinal)) : c)];
                yield return update;
            }
        }
    }
}
