namespace Web;

/// <summary>A conversation on the page: the turns on the path to one of its leaves.</summary>
internal sealed record ConversationView(string Id, string Title, IReadOnlyList<TurnView> Turns, Totals Totals, bool IsAtHead, RunView? Run);

/// <summary>A conversation in the list.</summary>
internal sealed record ConversationItem(string Id, string Title, bool IsFork, DateTimeOffset UpdatedAt, bool IsRunning);

/// <summary>The totals of all turns, including other branches.</summary>
internal sealed record Totals(int Turns, long InputTokens, long OutputTokens, decimal CostInUsd);

/// <summary>A turn: its messages, its answer, and the ids of alternative answers.</summary>
internal sealed record TurnView(
    string Id, IReadOnlyList<MessageView> Messages, string Answer, string? Reasoning, IReadOnlyList<CitationView> Citations, string? Model,
    long InputTokens, long OutputTokens, decimal CostInUsd, DateTimeOffset CreatedAt, bool IsRebuilt, IReadOnlyList<string> Siblings, CompactionView? Compaction);

/// <summary>A compaction in the place of a turn: the number of turns for which the summary stands, and the tokens before and after.</summary>
internal sealed record CompactionView(int Turns, long TokensBefore, long TokensAfter);

/// <summary>A message before an answer.</summary>
/// <param name="Role"><c>user</c>, or <c>assistant</c> for an unfinished answer that was continued.</param>
/// <param name="Text">The text.</param>
/// <param name="Images">The addresses of its images.</param>
internal sealed record MessageView(string Role, string Text, IReadOnlyList<string> Images);

/// <summary>A cited source.</summary>
internal sealed record CitationView(string Url, string Title);

/// <summary>An answer that is running, was stopped or failed.</summary>
/// <param name="Id">The id of the run.</param>
/// <param name="Status"><c>running</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="After">The id of the parent turn; null for the head, empty for the beginning.</param>
/// <param name="Messages">The messages before the answer.</param>
/// <param name="Elapsed">The number of seconds since the start.</param>
internal sealed record RunView(string Id, string Status, string? After, IReadOnlyList<MessageView> Messages, double Elapsed);
