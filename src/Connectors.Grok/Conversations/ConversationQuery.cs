namespace Connectors.Grok.Conversations;

/// <summary>A page of a tenant's conversations, the last changed first: what <see cref="ConversationStore.ListAsync"/> returns.</summary>
public sealed class ConversationQuery
{
    /// <summary>The tenant; empty where there are no tenants.</summary>
    public required string Tenant { get; init; }

    /// <summary>The largest number of conversations to return; at least 1.</summary>
    /// <value>Default 50.</value>
    public int PageSize { get; init; } = 50;

    /// <summary>Only conversations that were changed at this moment or later; null for all.</summary>
    public DateTimeOffset? ChangedSince { get; init; }

    /// <summary>The last conversation of the page before; null for the first page.</summary>
    public ConversationPosition? After { get; init; }
}

/// <summary>The position of a conversation in a list that is ordered by time, then by name.</summary>
/// <param name="UpdatedAt">When the conversation was last changed.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ConversationPosition(DateTimeOffset UpdatedAt, string Name);
