using System.Text;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>Titles as stores keep them: encrypted for their tenant and conversation where a protector is set.</summary>
internal static class TitleText
{
    /// <summary>The title as it is stored; null for none.</summary>
    public static string? Write(ConversationOptions settings, ConversationId id, string? title) => string.IsNullOrWhiteSpace(title) ? null
        : settings.Protector is { } protector ? Convert.ToBase64String(protector.Protect(Encoding.UTF8.GetBytes(title), Binding(id)))
        : title;

    /// <summary>The title of a conversation; null for none.</summary>
    /// <exception cref="ConversationStoreException">The title cannot be decrypted.</exception>
    public static string? Read(ConversationOptions settings, ConversationInfo info)
    {
        if (settings.Protector is not { } protector || info.Title is not { } stored)
        {
            return info.Title;
        }

        try
        {
            return Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(stored), Binding(info.Id)));
        }
        catch (Exception e) when (e is not (ConversationStoreException or OperationCanceledException))
        {
            throw new ConversationStoreException($"The title of the conversation '{PrintableText.Escape(info.Id.Name)}' cannot be decrypted: it was encrypted with another key, or it is damaged. {e.Message}", e);
        }
    }

    /// <summary>The title of a conversation in a list, which one title of another key must not make unreadable; null for none, and for one that cannot be decrypted.</summary>
    public static string? ReadForList(ConversationOptions settings, ConversationInfo info)
    {
        try
        {
            return Read(settings, info);
        }
        catch (ConversationStoreException)
        {
            return null;
        }
    }

    /// <summary>Unlike that of any turn: a turn is bound to its tenant and id only.</summary>
    private static byte[] Binding(ConversationId id) => Encoding.UTF8.GetBytes($"title:{id.Tenant.Length}:{id.Tenant}{id.Name}");
}
