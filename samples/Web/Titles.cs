using System.Text;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Web;

/// <summary>The titles of conversations, which the store keeps with their names: the beginning of the first message until the visitor sets another one.</summary>
internal static class Titles
{
    /// <summary>The maximum length of a title that a visitor sets, in characters.</summary>
    public const int MaxLength = 200;

    private const int DerivedLength = 60;

    /// <summary>The beginning of the first message of the user.</summary>
    public static string FromMessages(IEnumerable<ChatMessage> messages) => FromText(messages.FirstOrDefault(static m => m.Role == ChatRole.User)?.Text ?? "");

    /// <summary>The beginning of a message.</summary>
    public static string FromText(string message)
    {
        var text = Clean(message);
        return text.Length == 0 ? "An attachment"
            : text.Length <= DerivedLength ? text
            : $"{text[..(char.IsHighSurrogate(text[DerivedLength - 1]) ? DerivedLength - 1 : DerivedLength)].TrimEnd()}…";
    }

    /// <summary>One line without control characters: what a store and a list can hold.</summary>
    public static string Clean(string text)
    {
        var cleaned = new StringBuilder(Math.Min(text.Length, 4 * MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleaned.Length > 4 * MaxLength)
            {
                break;
            }

            // Half a surrogate pair is enumerated as U+FFFD.
            cleaned.Append(Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString());
        }

        return string.Join(' ', cleaned.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Stores a title. A conversation that was deleted in the meantime needs none.</summary>
    public static async Task KeepAsync(ConversationManager manager, string conversation, string title, CancellationToken cancellationToken)
    {
        try
        {
            await manager.RenameAsync(conversation, title, cancellationToken);
        }
        catch (KeyNotFoundException)
        {
        }
    }
}
