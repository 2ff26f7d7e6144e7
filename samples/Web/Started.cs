namespace Web;

/// <summary>Where an answer is being made.</summary>
internal sealed record Started(string Conversation, string Run);

/// <summary>A fork.</summary>
internal sealed record Forked(string Conversation);

/// <summary>An event with a piece of text.</summary>
internal sealed record Piece(string Text);

/// <summary>An event with sources.</summary>
internal sealed record Sources(IReadOnlyList<CitationView> Citations);

/// <summary>The last event of an answer that is whole.</summary>
/// <param name="Conversation">The conversation that holds it.</param>
/// <param name="Turn">Its turn.</param>
/// <param name="Rebuilt">Why the whole conversation was sent for it; null when it was not.</param>
/// <param name="Cut">Whether it ended for another reason than being complete.</param>
internal sealed record Finished(string Conversation, string? Turn, string? Rebuilt, string? Cut);

/// <summary>The last event of an answer that failed or was stopped: a problem as RFC 9457 writes it.</summary>
internal sealed record Failed(int Status, string Code, string Title, string? Detail, int? RetryAfter, string? Conversation, string TraceId);
