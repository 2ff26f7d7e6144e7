using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Approvals of function calls: function invocation puts a request in the place of a call, and leaves request and response in the history
/// when call and result have joined them. The service does not know them, and does not need them then.
/// </summary>
internal static class Approvals
{
    /// <summary>The id of the function call that the content asks approval for; null when it does not.</summary>
    public static string? AskedFor(AIContent content) => content is ToolApprovalRequestContent { ToolCall: FunctionCallContent call } ? call.CallId : null;

    /// <summary>The id of the function call that the content approves or rejects; null when it does neither.</summary>
    public static string? DecidedOn(AIContent content) => content is ToolApprovalResponseContent { ToolCall: FunctionCallContent call } ? call.CallId : null;

    /// <summary>The id of the function call whose approval the content is about; null when it is about none.</summary>
    public static string? CallIdOf(AIContent content) => AskedFor(content) ?? DecidedOn(content);

    /// <summary>Whether the content asks for an approval or gives one, of any kind of call.</summary>
    public static bool IsApproval(AIContent content) => content is ToolApprovalRequestContent or ToolApprovalResponseContent;

    /// <summary>Whether the message approves or rejects a function call.</summary>
    public static bool HasDecision(ChatMessage message) => message.Contents.Any(static c => DecidedOn(c) is not null);

    /// <summary>The messages without the approvals of calls that were answered after them, and without what held nothing else.</summary>
    /// <remarks>Function invocation takes its own marks on them for the truth, and those of a kept turn are older than those of the next.</remarks>
    public static IReadOnlyList<ChatMessage> WithoutSettled(IReadOnlyList<ChatMessage> messages) =>
        messages.Any(static m => m.Contents.Any(static c => CallIdOf(c) is not null))
            ? AnsweredCalls.Without(messages, [], static (content, answered) => CallIdOf(content) is { } id && answered.Contains(id))
            : messages;
}
