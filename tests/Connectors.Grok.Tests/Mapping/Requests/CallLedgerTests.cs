using Connectors.Grok.Mapping.Requests;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

public class CallLedgerTests
{
    private static CallLedger Ledger(params AIContent[] contents) => new([new ChatMessage(ChatRole.Assistant, contents)], isWhole: false);

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Ledger_drops_only_truncated_calls_without_a_result(bool isCut, bool isAnswered, bool isKept)
    {
        var call = new FunctionCallContent("c", "f") { InformationalOnly = isCut };
        var ledger = Ledger([call, .. isAnswered ? (AIContent[])[new FunctionResultContent("c", "r")] : []]);
        Assert.Equal(isKept, ledger.Keeps(call));
        Assert.False(ledger.Keeps(call));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ledger_throws_for_a_call_without_a_result(bool isWhole) =>
        Assert.StartsWith("The function call 'c' (f) has no result", Assert.Throws<ArgumentException>(() => new CallLedger([new(ChatRole.Assistant, [new FunctionCallContent("c", "f")])], isWhole)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ledger_accepts_a_raw_result_item_or_a_later_result()
    {
        ChatMessage[] call = [new(ChatRole.Assistant, [new FunctionCallContent("c", "f")])];
        Assert.False(new CallLedger(call, isWhole: false, isAllThatIsNew: false).IsAnswered("c"));
        Assert.True(new CallLedger([.. call, new(ChatRole.Tool, [new AIContent { RawRepresentation = new FunctionCallOutputItem { CallId = "c" } }])], isWhole: true).IsAnswered("c"));
    }

    /// <summary>A call is <c>c</c>, its result <c>r</c>; capitals mark what is sent.</summary>
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
        AIContent[] contents = [.. sent.Select(static c => char.ToUpperInvariant(c) == 'C' ? (AIContent)new FunctionCallContent("1", "f") : new FunctionResultContent("1", "r"))];
        var ledger = Ledger(contents);
        Assert.Equal(sent, string.Concat(contents.Select(c => c is FunctionCallContent call ? ledger.Keeps(call) ? "C" : "c" : ledger.Keeps((FunctionResultContent)c) ? "R" : "r")));
    }

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
