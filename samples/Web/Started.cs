namespace Web;

/// <summary>The ids of a started answer.</summary>
internal sealed record Started(string Conversation, string Run);

/// <summary>The id of a new fork.</summary>
internal sealed record Forked(string Conversation);

/// <summary>Where a deletion went back to.</summary>
/// <param name="Turn">The turn at which the conversation ends now; null when nothing is left of it.</param>
internal sealed record Shortened(string? Turn);

/// <summary>The end of a visit.</summary>
internal sealed record Ended(string Message);

/// <summary>The last event of a stopped answer.</summary>
/// <param name="Turn">The turn that keeps the question and the partial answer; null when it could not be kept.</param>
internal sealed record StoppedAt(string? Turn);

/// <summary>An event with text.</summary>
internal sealed record Piece(string Text);

/// <summary>An event with sources.</summary>
internal sealed record Sources(IReadOnlyList<CitationView> Citations);

/// <summary>The last event of a complete answer.</summary>
/// <param name="Conversation">The conversation that contains the answer.</param>
/// <param name="Turn">The id of the turn.</param>
/// <param name="Rebuilt">Why the service no longer had the conversation: <c>Expired</c> or <c>UnknownResponse</c>; null when it had it, and when it is resent by design.</param>
/// <param name="Cut">The finish reason, if it is not <c>stop</c>; otherwise null.</param>
internal sealed record Finished(string Conversation, string? Turn, string? Rebuilt, string? Cut);

/// <summary>The last event of a failed answer: problem details as in RFC 9457, and the turn that keeps the question and the partial answer, if it was kept.</summary>
internal sealed record Failed(int Status, string Code, string Title, string? Detail, int? RetryAfter, string? Conversation, string? Turn, string TraceId);
