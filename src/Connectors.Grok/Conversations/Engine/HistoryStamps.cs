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

    /// <summary>A copy that can be marked: a cache below may return one object to several callers.</summary>
    public static ChatResponse CopyOf(ChatResponse response) => new([.. response.Messages.Select(static m =>
    {
        var copy = m.Clone();
        copy.AdditionalProperties = m.AdditionalProperties?.Clone();
        return copy;
    })])
    {
        ResponseId = response.ResponseId,
        ConversationId = response.ConversationId,
        ModelId = response.ModelId,
        CreatedAt = response.CreatedAt,
        FinishReason = response.FinishReason,
        Usage = response.Usage,
        RawRepresentation = response.RawRepresentation,
        AdditionalProperties = response.AdditionalProperties,
    };

    /// <summary>Marks a whole answer.</summary>
    public static ChatResponse Mark(ChatResponse response, KeptTurn turn)
    {
        response.ConversationId = turn.Conversation;
        foreach (var message in response.Messages)
        {
            message.AdditionalProperties = Mark(message.AdditionalProperties, turn);
        }

        return response;
    }

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
