using Web.Markdown;

namespace Web;

/// <summary>A conversation on the page: the turns on the path to one of its leaves.</summary>
internal sealed record ConversationView(string Id, string Title, IReadOnlyList<TurnView> Turns, Totals Totals, bool IsAtHead, RunView? Run);

/// <summary>A turn alone, with what else of the conversation changes when it is added.</summary>
internal sealed record TurnReply(TurnView Turn, string Title, Totals Totals);

/// <summary>A conversation in the list.</summary>
internal sealed record ConversationItem(string Id, string Title, bool IsFork, bool IsRunning, DateTimeOffset UpdatedAt);

/// <summary>The totals of all turns, including other branches.</summary>
internal sealed record Totals(int Turns, long InputTokens, long OutputTokens, long CachedInputTokens, decimal CostInUsd, decimal? SavingsInUsd);

/// <summary>A turn: its messages, its answer, and the ids of alternative answers.</summary>
/// <param name="Id">The id.</param>
/// <param name="Kind"><c>answer</c>, <c>unanswered</c> for a question that was stopped or failed, or <c>compaction</c>.</param>
/// <param name="Status">Of an unanswered turn: <c>stopped</c> or <c>failed</c>; null for others.</param>
/// <param name="Messages">The messages before the answer.</param>
/// <param name="Answer">The answer, or the part of it that came, as a tree.</param>
/// <param name="AnswerText">The same as Markdown.</param>
/// <param name="Reasoning">The summary of the reasoning; null for none.</param>
/// <param name="Citations">The cited sources.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Effort">The reasoning effort that the message asked for; null for the default.</param>
/// <param name="InputTokens">The number of input tokens.</param>
/// <param name="OutputTokens">The number of output tokens.</param>
/// <param name="CachedInputTokens">Those of the input tokens that the service read from its prompt cache.</param>
/// <param name="CostInUsd">The price.</param>
/// <param name="SavingsInUsd">What the prompt cache saved; null when it is unknown.</param>
/// <param name="CreatedAt">When the turn was stored.</param>
/// <param name="IsRebuilt">Whether the service no longer had the conversation, so that it was resent. False when it is resent by design, as after images.</param>
/// <param name="Siblings">The ids of all turns with the same parent, the oldest first.</param>
/// <param name="Compaction">What a compaction replaced; null for other turns.</param>
internal sealed record TurnView(
    string Id, string Kind, string? Status, IReadOnlyList<MessageView> Messages, AnswerView Answer, string AnswerText, string? Reasoning, IReadOnlyList<CitationView> Citations, string? Model, string? Effort,
    long InputTokens, long OutputTokens, long CachedInputTokens, decimal CostInUsd, decimal? SavingsInUsd, DateTimeOffset CreatedAt, bool IsRebuilt, IReadOnlyList<string> Siblings, CompactionView? Compaction);

/// <summary>A compaction in the place of a turn: the number of turns for which the summary stands, and the tokens before and after.</summary>
internal sealed record CompactionView(int Turns, long TokensBefore, long TokensAfter);

/// <summary>A message before an answer.</summary>
/// <param name="Role"><c>user</c>, <c>continuation</c> where an unfinished answer is continued, or <c>assistant</c> for that answer.</param>
/// <param name="Text">The text.</param>
/// <param name="Images">Its images.</param>
/// <param name="Files">Its files.</param>
internal sealed record MessageView(string Role, string Text, IReadOnlyList<ImageView> Images, IReadOnlyList<FileView> Files);

/// <summary>An image of a message.</summary>
/// <param name="Url">The address, which the page may cache forever.</param>
/// <param name="ThumbnailUrl">The address for lists. This sample scales in the page, so it is the same one.</param>
/// <param name="Width">The width in pixels; null when the header does not tell.</param>
/// <param name="Height">The height in pixels; null when the header does not tell.</param>
internal sealed record ImageView(string Url, string ThumbnailUrl, int? Width, int? Height);

/// <summary>A file of a message.</summary>
internal sealed record FileView(string Name, long Bytes);

/// <summary>A cited source.</summary>
internal sealed record CitationView(string Url, string Title);

/// <summary>An answer that is running, or ended without being stored.</summary>
/// <param name="Id">The id of the run.</param>
/// <param name="Status"><c>running</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="After">The id of the parent turn; empty for the beginning.</param>
/// <param name="Messages">The messages before the answer.</param>
/// <param name="Elapsed">The number of seconds since the start.</param>
internal sealed record RunView(string Id, string Status, string? After, IReadOnlyList<MessageView> Messages, double Elapsed);
