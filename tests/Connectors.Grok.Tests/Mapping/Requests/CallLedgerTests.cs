using Connectors.Grok.Mapping.Requests;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

public class CallLedgerTests
{
    private static CallLedger Ledger(params AIContent[] contents) => new([new ChatMessage(ChatRole.Assistant, contents)], isWhole: false);

    private static CallFate[] Fates(bool isWhole, params AIContent[] contents)
    {
        var ledger = new CallLedger([.. contents.Select(static c => new ChatMessage(ChatRole.Assistant, [c]))], isWhole);
        return [.. contents.Select(c => ledger.Next(c is FunctionCallContent call ? call.CallId : ((FunctionResultContent)c).CallId))];
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Ledger_drops_only_truncated_calls_without_a_result(bool isCut, bool isAnswered, bool isKept)
    {
        var call = new FunctionCallContent("c", "f") { InformationalOnly = isCut };
        var ledger = Ledger([call, .. isAnswered ? (AIContent[])[new FunctionResultContent("c", "r")] : []]);
        Assert.Equal(isKept, ledger.Next("c") == CallFate.Sent);
        Assert.Equal(isAnswered ? CallFate.Sent : CallFate.Repeated, ledger.Next("c"));
        Assert.Equal(CallFate.Repeated, ledger.Next("c"));
        Assert.Equal(CallFate.Repeated, ledger.Next("of another id"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Call_without_its_result_is_left_out_whether_or_not_the_rest_of_the_conversation_is_here(bool isWhole)
    {
        var ledger = new CallLedger([new(ChatRole.Assistant, [new FunctionCallContent("c", "f")])], isWhole);
        Assert.Equal(CallFate.Alone, ledger.Next("c"));
        Assert.StartsWith("The function call 'c' (f) has no result", ledger.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, CallFate.Alone, true)]
    [InlineData(false, CallFate.Sent, false)]
    public void Result_without_its_call_is_left_out_only_when_the_conversation_is_whole(bool isWhole, object fate, bool hasProblem)
    {
        var ledger = new CallLedger([new(ChatRole.Tool, [new FunctionResultContent("c", "r")])], isWhole);
        Assert.Equal(fate, ledger.Next("c"));
        Assert.Equal(hasProblem, ledger.Problem?.StartsWith("The function result 'c' has no call", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Ledger_accepts_a_raw_result_item_or_a_later_result()
    {
        ChatMessage[] call = [new(ChatRole.Assistant, [new FunctionCallContent("c", "f")])];
        var open = new CallLedger(call, isWhole: false, isAllThatIsNew: false);
        Assert.False(open.IsAnswered("c"));
        Assert.Equal((CallFate.Sent, null), (open.Next("c"), open.Problem));
        foreach (var item in (AIContent[])
            [
                new() { RawRepresentation = new FunctionCallOutputItem { CallId = "c" } },
                new() { AdditionalProperties = new() { [GrokKeys.Content.Item] = """{"type":"function_call_output","call_id":"c","output":"r"}""" } },
            ])
        {
            var answered = new CallLedger([.. call, new(ChatRole.Tool, [item])], isWhole: true);
            Assert.True(answered.IsAnswered("c"));
            Assert.Equal((CallFate.Sent, null), (answered.Next("c"), answered.Problem));
        }
    }

    [Fact]
    public void Raw_function_call_item_is_paired_with_its_result()
    {
        var call = new AIContent { RawRepresentation = new FunctionCallItem { CallId = "c", Name = "f" } };
        var ledger = new CallLedger([new(ChatRole.Assistant, [call, new AIContent { RawRepresentation = new UnknownItem("x", default) }]), new(ChatRole.Tool, [new FunctionResultContent("c", "r")])], isWhole: true);
        Assert.Equal((CallFate.Sent, null), (ledger.Next("c"), ledger.Problem));
        // And what waited before it never got its result.
        ledger = new CallLedger([new(ChatRole.Assistant, [new FunctionCallContent("c", "g"), call]), new(ChatRole.Tool, [new FunctionResultContent("c", "r")])], isWhole: true);
        Assert.Equal((CallFate.Alone, CallFate.Sent), (ledger.Next("c"), ledger.Next("c")));
    }

    /// <summary>A call is <c>c</c>, its result <c>r</c>; in capitals what is sent. Each call and each result that is sent differs from the others.</summary>
    [Theory]
    [InlineData("CR")]
    [InlineData("CRCR")]
    [InlineData("CRCRCR")]
    [InlineData("CcR")]
    [InlineData("CRc")]
    [InlineData("CRrc")]
    [InlineData("CcRr")]
    [InlineData("Rr")]
    [InlineData("RCR")]
    [InlineData("RCRCR")]
    public void Ledger_accepts_a_reused_call_id_with_its_own_call_and_result(string sent)
    {
        var (calls, results) = (0, 0);
        AIContent[] contents = [.. sent.Select(c => c switch
        {
            'C' => Call(++calls),
            'c' => Call(calls),
            'R' => Result(++results),
            _ => (AIContent)Result(results),
        })];
        Assert.Equal(sent, string.Concat(Fates(isWhole: false, contents).Zip(sent, static (fate, c) => fate == CallFate.Sent ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c))));
    }

    /// <summary>Calls and results of one id; a number makes it another one. In capitals what is sent, in brackets what stands alone.</summary>
    [Theory]
    [InlineData("C1 R1 c1 r1")]
    [InlineData("C1 R1 c1 r1 c1 r1")]
    [InlineData("C1 R1 C1 R2")]
    [InlineData("C1 R1 C2 R1")]
    [InlineData("C1 R1 c1")]
    [InlineData("C1 R1 [c2]")]
    [InlineData("[c1] C2 R1")]
    [InlineData("[r1] C1 R2")]
    [InlineData("[r1] [c1]")]
    [InlineData("C1 R1 r2")]
    public void Whole_conversation_sends_repeated_pairs_once_and_leaves_out_unpaired_items(string sent)
    {
        var words = sent.Split(' ');
        AIContent[] contents = [.. words.Select(static w => w.Trim('[', ']') is var name && char.ToLowerInvariant(name[0]) == 'c' ? (AIContent)Call(name[1]) : Result(name[1]))];
        Assert.Equal(
            words.Select(static w => w[0] == '[' ? CallFate.Alone : char.IsUpper(w[0]) ? CallFate.Sent : CallFate.Repeated),
            Fates(isWhole: true, contents));
    }

    private static FunctionCallContent Call(int number) => new("1", "f", new Dictionary<string, object?> { ["a"] = number });

    private static FunctionResultContent Result(int number) => new("1", number);

    [Fact]
    public void Ledger_sorts_adjacent_results_by_their_calls_and_puts_unmatched_ones_last()
    {
        var ledger = Ledger([.. new[] { "a", "b", "c" }.Select(static id => new FunctionCallContent(id, "f") { InformationalOnly = true })]);
        ResponseItem Result(string? id) => new FunctionCallOutputItem { CallId = id };
        List<ResponseItem> items = [Result("c"), new MessageItem(), Result(null), Result("b"), Result("x"), Result("a"), new MessageItem(), Result("b"), Result("a")];
        ledger.Sort(items);
        Assert.Equal(["c", "-", "a", "b", null, "x", "-", "a", "b"], items.Select(static i => i is FunctionCallOutputItem result ? result.CallId : "-"));
    }
}
