using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The marks of the conversation client on its answers, by which a history that comes back tells its conversation and turns.</summary>
internal static class HistoryStamps
{
    /// <summary>The conversation and the turn with which a message was marked; null for none.</summary>
    public static (string Conversation, string Turn)? TurnOf(ChatMessage message) =>
        message.AdditionalProperties.GetText(GrokKeys.Answer.Turn) is { } turn
            ? (message.AdditionalProperties.GetText(GrokKeys.History.Conversation) ?? "", turn)
            : null;

    /// <summary>Marks the properties of an answer's message.</summary>
    /// <param name="properties">The properties; null for none.</param>
    /// <param name="turn">The turn that was kept.</param>
    public static AdditionalPropertiesDictionary Mark(AdditionalPropertiesDictionary? properties, KeptTurn turn)
    {
        properties ??= [];
        properties[GrokKeys.History.Conversation] = turn.Conversation;
        properties[GrokKeys.Answer.Turn] = turn.TurnId;
        if (turn.Rebuilt is { } reason)
        {
            properties[GrokKeys.Answer.Rebuilt] = reason.ToString();
        }

        return properties;
    }
}

/// <summary>A turn that was added to a conversation.</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="TurnId">The turn's id.</param>
/// <param name="Rebuilt">Why everything was sent for it; null when it was not.</param>
internal readonly record struct KeptTurn(string Conversation, string TurnId, RebuildReason? Rebuilt);
