namespace Web;

/// <summary>A conversation as the page shows it: the turns on the way to one of its leaves.</summary>
internal sealed record ConversationView(string Id, string Title, IReadOnlyList<TurnView> Turns, Totals Totals, bool IsAtHead, RunView? Run);

/// <summary>A conversation in the list.</summary>
internal sealed record ConversationItem(string Id, string Title, bool IsFork, DateTimeOffset UpdatedAt, bool IsRunning);

/// <summary>What all turns took, those on other branches included.</summary>
internal sealed record Totals(int Turns, long InputTokens, long OutputTokens, decimal CostInUsd);

/// <summary>A turn: what was said and answered, and which other answers stand beside it.</summary>
internal sealed record TurnView(
    string Id, IReadOnlyList<SaidView> Said, string Answer, string? Reasoning, IReadOnlyList<CitationView> Citations, string? Model,
    long InputTokens, long OutputTokens, decimal CostInUsd, DateTimeOffset CreatedAt, bool IsRebuilt, IReadOnlyList<string> Siblings);

/// <summary>What was said before an answer.</summary>
/// <param name="Role"><c>user</c>, or <c>assistant</c> for an unfinished answer that was gone on from.</param>
/// <param name="Text">The text.</param>
/// <param name="Images">Addresses of images.</param>
internal sealed record SaidView(string Role, string Text, IReadOnlyList<string> Images);

/// <summary>A source.</summary>
internal sealed record CitationView(string Url, string Title);

/// <summary>An answer in the making, or one that did not end well.</summary>
/// <param name="Id">Its id, for its events.</param>
/// <param name="Status"><c>running</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="After">The turn that it follows; null for the last one, empty for the beginning.</param>
/// <param name="Said">What was said.</param>
/// <param name="Elapsed">Seconds since it was asked for.</param>
internal sealed record RunView(string Id, string Status, string? After, IReadOnlyList<SaidView> Said, double Elapsed);
