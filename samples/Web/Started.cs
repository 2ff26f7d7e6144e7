namespace Web;

/// <summary>The ids of a started answer.</summary>
internal sealed record Started(string Conversation, string Run);

/// <summary>The id of a new fork.</summary>
internal sealed record Forked(string Conversation);

/// <summary>An event with text.</summary>
internal sealed record Piece(string Text);

/// <summary>An event with sources.</summary>
internal sealed record Sources(IReadOnlyList<CitationView> Citations);

/// <summary>The last event of a complete answer.</summary>
/// <param name="Conversation">The conversation that contains the answer.</param>
/// <param name="Turn">The id of the turn.</param>
/// <param name="Rebuilt">Why the conversation was resent in full; null when it was not.</param>
/// <param name="Cut">The finish reason, if it is not <c>stop</c>; otherwise null.</param>
internal sealed record Finished(string Conversation, string? Turn, string? Rebuilt, string? Cut);

/// <summary>The last event of a failed answer: problem details as in RFC 9457.</summary>
internal sealed record Failed(int Status, string Code, string Title, string? Detail, int? RetryAfter, string? Conversation, string TraceId);
