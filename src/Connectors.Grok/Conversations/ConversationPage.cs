namespace Connectors.Grok.Conversations;

/// <summary>Some conversations of a list, and where the list continues.</summary>
public sealed record ConversationPage
{
    /// <summary>The conversations, the last changed first.</summary>
    public required IReadOnlyList<ConversationSummary> Conversations { get; init; }

    /// <summary>A text that stands for the position after this page; null when this is the last page.</summary>
    public string? ContinuationToken { get; init; }
}

/// <summary>A conversation in a list. <see cref="ConversationManager.GetAsync"/> returns more about it.</summary>
public sealed record ConversationSummary
{
    /// <summary>The application's id.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The id of the turn that the next one follows; null for none.</summary>
    public string? HeadTurnId { get; init; }

    /// <summary>The title, as <see cref="ConversationManager.RenameAsync"/> set it; null for none, and in a list for one that cannot be decrypted.</summary>
    public string? Title { get; init; }

    /// <summary>When the conversation was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its head last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    internal static ConversationSummary From(ConversationInfo info, string? title) =>
        new() { ConversationId = info.Id.Name, HeadTurnId = info.Head, Title = title, CreatedAt = info.CreatedAt, UpdatedAt = info.UpdatedAt };

    /// <summary>The ids and times. The title is left out, because it may repeat a message.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{nameof(ConversationSummary)} {{ ConversationId = {ConversationId}, HeadTurnId = {HeadTurnId}, CreatedAt = {CreatedAt}, UpdatedAt = {UpdatedAt} }}";
}
