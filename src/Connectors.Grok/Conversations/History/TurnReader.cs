using System.Text;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations.History;

/// <summary>Encrypts and decrypts the contents of turns with the application's protector.</summary>
/// <param name="protector">The protector; null where contents are kept as they are.</param>
/// <param name="tenant">The tenant whose turns they are.</param>
/// <param name="requiresBinding">Whether contents that are not bound to their tenant and turn are refused.</param>
internal sealed class TurnReader(IConversationProtector? protector, string tenant, bool requiresBinding)
{
    public static TurnReader For(ConversationOptions settings) => new(settings.Protector, settings.Tenant, settings.RequireBinding);

    /// <exception cref="ConversationStoreException">The content is not a turn, one of a newer version, encrypted with another key, or not bound though it must be.</exception>
    public TurnHeader Header(ConversationTurn turn) => Read(turn, TurnHeader.Parse);

    /// <inheritdoc cref="Header"/>
    public TurnContent Content(ConversationTurn turn) => Read(turn, TurnContent.Parse);

    /// <summary>The turn with its content as it is stored.</summary>
    /// <exception cref="ConversationStoreException">The content cannot be encrypted.</exception>
    public ConversationTurn WithContent(ConversationTurn turn, byte[] content)
    {
        if (protector is null)
        {
            return turn with { Content = content, IsBound = false };
        }

        try
        {
            return turn with { Content = protector.Protect(content, Binding(turn.Id)), IsBound = true };
        }
        catch (Exception e) when (e is not (ConversationStoreException or OperationCanceledException))
        {
            throw new ConversationStoreException($"The content of the turn '{PrintableText.Escape(turn.Id)}' cannot be encrypted: the protector failed, for example because its key is lost. {e.Message}", e);
        }
    }

    /// <summary>The turn, encrypted again for its tenant and id.</summary>
    /// <exception cref="ConversationStoreException">Its content cannot be read: it must not be replaced.</exception>
    public ConversationTurn Bound(ConversationTurn turn) => Read(turn, (id, content) =>
    {
        TurnContent.Parse(id, content);
        return WithContent(turn, content.ToArray());
    });

    private T Read<T>(ConversationTurn turn, Func<string, ReadOnlyMemory<byte>, T> parse)
    {
        ReadOnlyMemory<byte> content;
        try
        {
            content = Decrypted(turn);
        }
        catch (Exception e) when (e is not (ConversationStoreException or OperationCanceledException))
        {
            throw new ConversationStoreException(
                $"The content of the turn '{PrintableText.Escape(turn.Id)}' cannot be decrypted: it was encrypted with another key, for another tenant or turn, or it is damaged. {e.Message}", e);
        }

        try
        {
            return parse(turn.Id, content);
        }
        catch (InvalidDataException e)
        {
            throw new ConversationStoreException(e.Message, e);
        }
    }

    private ReadOnlyMemory<byte> Decrypted(ConversationTurn turn)
    {
        if (protector is null)
        {
            return turn.Content;
        }

        if (!turn.IsBound && requiresBinding)
        {
            throw new ConversationStoreException($"The content of the turn '{PrintableText.Escape(turn.Id)}' is not bound to its tenant and turn, which ConversationOptions.RequireBinding asks for. Encrypt the older turns again with ConversationManager.BindAsync.");
        }

        return protector.Unprotect(turn.Content.ToArray(), turn.IsBound ? Binding(turn.Id) : []);
    }

    /// <summary>Tenant and turn; never the name, which can change.</summary>
    private byte[] Binding(string turnId) => Encoding.UTF8.GetBytes($"{tenant.Length}:{tenant}{turnId}");
}
