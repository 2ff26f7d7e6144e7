using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>What stands on an answer of a conversation, and comes back with a caller's history.</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Turn">The turn's id.</param>
/// <param name="Rebuilt">Why the whole conversation was sent for it; null when it was not.</param>
internal readonly record struct Stamps(string Conversation, string Turn, RebuildReason? Rebuilt)
{
    public AdditionalPropertiesDictionary On(AdditionalPropertiesDictionary? properties)
    {
        properties ??= [];
        properties[GrokKeys.History.Conversation] = Conversation;
        properties[GrokKeys.Answer.Turn] = Turn;
        if (Rebuilt is { } reason)
        {
            properties[GrokKeys.Answer.Rebuilt] = reason.ToString();
        }

        return properties;
    }
}
