using Connectors.Grok.Conversations.History;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>Where a call stands: its conversation, the head, the turn from which it continues, and the key of the fingerprints.</summary>
/// <param name="Id">Tenant and name.</param>
/// <param name="Head">The head, to which the name must still point when the turn is added; null for none.</param>
/// <param name="Resume">The turn from which the call continues; null when it begins from nothing.</param>
/// <param name="Passed">What the call's messages are.</param>
/// <param name="Key">The key of the fingerprints.</param>
/// <param name="KeyText">The key where it is kept with the turns; null where the application's own implies it, or none is used.</param>
internal sealed record ResolvedCall(ConversationId Id, ConversationTurn? Head, ResumePoint? Resume, PassedMessages Passed, FingerprintKey Key, string? KeyText)
{
    /// <summary>The price of all turns so far, those on a branch that is being left included.</summary>
    public long SpentTicks => Math.Max(Head?.TotalCostInUsdTicks ?? 0, Resume?.Turn.TotalCostInUsdTicks ?? 0);

    /// <summary>The first call of a conversation whose name was created for it.</summary>
    public static ResolvedCall Begin(ConversationId id, ConversationOptions settings)
    {
        var (key, text) = ConversationResolver.KeyFor(settings, null);
        return new(id, null, null, PassedMessages.New, key, text);
    }
}
