using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

public class ApprovalsTests
{
    private static readonly FunctionCallContent Call = new("1", "f");
    private static readonly ToolApprovalRequestContent Request = new("a", Call);
    private static readonly ToolApprovalResponseContent Response = new("a", true, Call);

    [Fact]
    public void Message_has_a_decision_when_it_holds_an_approval_response()
    {
        Assert.True(Approvals.HasDecision(new(ChatRole.User, [new TextContent("Do it."), Response])));
        Assert.False(Approvals.HasDecision(new(ChatRole.Assistant, [new TextContent("May I?"), Request])));
    }

    [Fact]
    public void Settled_approvals_are_removed_and_other_contents_kept()
    {
        ChatMessage asked = new(ChatRole.Assistant, [new TextContent("May I?"), Request]);
        ChatMessage empty = new(ChatRole.User, (string?)null);
        ChatMessage open = new(ChatRole.Assistant, [new ToolApprovalRequestContent("b", new FunctionCallContent("2", "f"))]);
        var messages = Approvals.WithoutSettled([asked, empty, new(ChatRole.User, [Response]), new(ChatRole.Tool, [new FunctionResultContent("1", "r")]), open]);
        Assert.Equal(["assistant May I?", "user ", "tool ", "assistant "], messages.Select(static m => $"{m.Role} {m.Text}"));
        Assert.IsType<TextContent>(Assert.Single(messages[0].Contents));
        Assert.Same(empty, messages[1]);
        Assert.Same(open, messages[3]);
        Assert.Equal(2, asked.Contents.Count);
    }

    [Fact]
    public void Approval_requested_after_a_result_of_the_same_call_id_is_not_settled()
    {
        ChatMessage[] history = [new(ChatRole.Assistant, [Request, Call, new FunctionResultContent("1", "r"), Request]), new(ChatRole.User, [Response])];
        var messages = Approvals.WithoutSettled(history);
        Assert.Equal([Call, history[0].Contents[2], Request], messages[0].Contents);
        Assert.Same(history[1], messages[1]);
    }

    [Fact]
    public void Settled_approval_is_removed_from_a_message_with_text()
    {
        ChatMessage[] history = [new(ChatRole.Assistant, [new TextContent("May I?"), Request]), new(ChatRole.Tool, [new FunctionResultContent("1", "r")])];
        Assert.Equal([1, 1], Approvals.WithoutSettled(history).Select(static m => m.Contents.Count));
    }

    [Fact]
    public void Messages_without_approvals_are_returned_unchanged()
    {
        ChatMessage[] messages = [new(ChatRole.User, "q")];
        Assert.Same(messages, Approvals.WithoutSettled(messages));
    }
}
