using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Conversations;

/// <summary>How a <see cref="ConversationChatClient"/> keeps conversations.</summary>
/// <remarks>Read once, when the client is built.</remarks>
public sealed class ConversationOptions
{
    /// <summary>Whose conversations these are. The conversations of another tenant do not exist for this client.</summary>
    /// <value>Default empty: no tenants.</value>
    public string Tenant { get; set; } = "";

    /// <summary>What happens when <c>ChatOptions.Instructions</c> differ from those that the conversation goes by.</summary>
    /// <value>Default <see cref="ChangedInstructions.SendAsSystemMessage"/>.</value>
    public ChangedInstructions ChangedInstructions { get; set; }

    /// <summary>What happens when two turns are made on one conversation at once.</summary>
    /// <value>Default <see cref="ConversationConflict.Throw"/>.</value>
    public ConversationConflict Conflict { get; set; }

    /// <summary>How long the service keeps a response, after which the history is sent without asking it first.</summary>
    /// <value>Default 30 days, xAI's.</value>
    public TimeSpan ServerRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>What all turns of one conversation may cost together, in US dollars; checked before each call.</summary>
    /// <value>Default null: no limit.</value>
    public decimal? Budget { get; set; }

    /// <summary>The clock.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the client says that it rebuilt a conversation and why. Ids only: no message is ever logged.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Seals what a store keeps of a turn's messages.</summary>
    /// <value>Default null: stores keep them as plain JSON.</value>
    public IConversationProtector? Protector { get; set; }
}

/// <summary>What happens when instructions differ from those that a conversation goes by.</summary>
public enum ChangedInstructions
{
    /// <summary>The new ones are sent as a system message before the new messages; from then on they are the conversation's.</summary>
    SendAsSystemMessage,

    /// <summary>The whole history is sent anew, under the new instructions.</summary>
    Restart,

    /// <summary>An <see cref="InvalidOperationException"/> is thrown before anything is sent.</summary>
    Throw,
}

/// <summary>What happens when two turns are made on one conversation at once. Either way no turn is lost.</summary>
public enum ConversationConflict
{
    /// <summary>The later one throws <see cref="ConversationConflictException"/>; its turn is kept under a name of its own.</summary>
    Throw,

    /// <summary>The later one becomes a fork: its answer carries the fork's id.</summary>
    Fork,
}

/// <summary>Seals and opens bytes; the shape of ASP.NET's data protector.</summary>
public interface IConversationProtector
{
    /// <summary>Seals bytes.</summary>
    /// <param name="plain">The bytes.</param>
    byte[] Protect(byte[] plain);

    /// <summary>Opens what <see cref="Protect"/> sealed; throws when it is something else.</summary>
    /// <param name="sealedBytes">The sealed bytes.</param>
    byte[] Unprotect(byte[] sealedBytes);
}
