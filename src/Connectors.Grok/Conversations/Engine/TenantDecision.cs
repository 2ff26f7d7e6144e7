using Connectors.Grok.Mapping;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The tenant for which a call or an operation runs.</summary>
internal static class TenantDecision
{
    /// <summary>Decides the tenant of a call.</summary>
    /// <param name="settings">The options of the conversations.</param>
    /// <param name="named">The tenant that the caller named; null for none.</param>
    /// <exception cref="InvalidOperationException">The resolver returned no tenant, or another one than the caller named.</exception>
    public static string Decide(ConversationOptions settings, string? named)
    {
        if (settings.TenantResolver is not { } resolver)
        {
            return named ?? settings.Tenant;
        }

        var resolved = resolver();
        if (string.IsNullOrWhiteSpace(resolved))
        {
            throw new InvalidOperationException("ConversationOptions.TenantResolver returned no tenant. It must return one for every call, also for those made outside a request.");
        }

        StoreGuards.Check(resolved, nameof(ConversationOptions.TenantResolver));
        return named is null || named == resolved
            ? resolved
            : throw new InvalidOperationException("The call names another tenant than the one that ConversationOptions.TenantResolver returned.");
    }
}
