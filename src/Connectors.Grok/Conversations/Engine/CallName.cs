using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The conversation that a call names.</summary>
/// <param name="Id">Tenant and name.</param>
/// <param name="IsGiven">Whether the call's options name it; when not, it comes from a stamp in the history, or is new.</param>
/// <param name="IsNew">Whether the name was created for this call.</param>
internal readonly record struct CallName(ConversationId Id, bool IsGiven, bool IsNew)
{
    /// <summary>The conversation that the options name, else the one of the last stamp in the history, else a new one.</summary>
    public static CallName Decide(string tenant, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        if (!string.IsNullOrWhiteSpace(options?.ConversationId))
        {
            return new(new(tenant, options.ConversationId), IsGiven: true, IsNew: false);
        }

        var stamped = HistoryMatcher.Stamps(messages).Select(static s => s.Conversation).LastOrDefault(static c => !string.IsNullOrWhiteSpace(c));
        return new(new(tenant, stamped ?? Create()), IsGiven: false, IsNew: stamped is null);
    }

    public static string Create() => Guid.NewGuid().ToString("N");
}
