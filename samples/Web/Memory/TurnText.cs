using Microsoft.Extensions.AI;

namespace Web.Memory;

/// <summary>What the page shows of a turn, without its images.</summary>
/// <param name="Messages">The messages before the answer, each with its place among all messages of the turn.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Reasoning">The summary of the reasoning; null for none.</param>
/// <param name="Citations">The cited sources.</param>
/// <param name="AttachmentBytes">The size of all images and files.</param>
internal sealed record TurnText(IReadOnlyList<MessageText> Messages, string Answer, string? Reasoning, IReadOnlyList<CitationView> Citations, long AttachmentBytes)
{
    /// <summary>The key of the reasoning effort among the properties of a message.</summary>
    public const string Effort = "web_effort";

    /// <summary>The approximate size in memory.</summary>
    public long Bytes => 2L * (Answer.Length + (Reasoning?.Length ?? 0) + Messages.Sum(static m => m.Text.Length + 200) + Citations.Sum(static c => c.Url.Length + c.Title.Length));

    /// <summary>The reasoning effort that the message asked for; null for the default.</summary>
    public string? RequestedEffort => Messages.Select(static m => m.Effort).FirstOrDefault(static e => e is not null);

    public static TurnText From(IReadOnlyList<ChatMessage> input, IReadOnlyList<ChatMessage> output)
    {
        var contents = output.SelectMany(static m => m.Contents).ToList();
        var reasoning = string.Join("\n\n", contents.OfType<TextReasoningContent>().Select(static r => r.Text).Where(static t => t.Length > 0));
        return new TurnText(
            [.. input.Select(MessageText.From).Where(static m => m.Role != ChatRole.System.Value)],
            string.Concat(contents.Select(static c => c is TextContent text ? text.Text : c is ErrorContent refusal ? refusal.Message : "")),
            reasoning.Length > 0 ? reasoning : null,
            Web.Citations.FromContents(contents),
            Attachments.BytesOf(input));
    }
}

/// <summary>A message of a turn.</summary>
/// <param name="Index">Its place among the messages of the turn.</param>
/// <param name="Role">The role; <c>continuation</c> where an unfinished answer is continued.</param>
/// <param name="Text">The text.</param>
/// <param name="Images">The sizes of its images in pixels, where their headers tell.</param>
/// <param name="Files">Its files.</param>
/// <param name="Effort">The reasoning effort that it asked for.</param>
internal sealed record MessageText(int Index, string Role, string Text, IReadOnlyList<(int Width, int Height)?> Images, IReadOnlyList<FileView> Files, string? Effort)
{
    /// <summary>What the model is asked when an unfinished answer is continued. The page shows it as a continuation instead of a question.</summary>
    public const string ContinuePrompt = "Continue exactly where you stopped.";

    public static MessageText From(ChatMessage message, int index) => new(
        index,
        message is { Text: ContinuePrompt, Contents.Count: 1 } && message.Role == ChatRole.User ? "continuation" : message.Role.Value,
        message.Text,
        [.. Attachments.ImagesOf(message).Select(static i => ImageSize.Read(i.Data.Span))],
        [.. Attachments.FilesOf(message).Select(static d => new FileView(d.Name ?? "file", d.Data.Length))],
        message.AdditionalProperties?.TryGetValue(TurnText.Effort, out var effort) == true ? effort as string ?? effort?.ToString() : null);

    /// <summary>The message with the addresses of its images, which begin with the given one.</summary>
    public MessageView ToView(string address) => new(Role, Text, [.. Images.Select((size, n) => Image($"{address}/{Index}/{n}", size))], Files);

    private static ImageView Image(string address, (int Width, int Height)? size) => new(address, address, size?.Width, size?.Height);
}
