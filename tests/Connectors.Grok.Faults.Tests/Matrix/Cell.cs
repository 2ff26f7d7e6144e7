using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>The result of one fault for one kind of client.</summary>
/// <param name="Words">The text in the table.</param>
/// <param name="Wrong">The error; null when the result is acceptable.</param>
internal sealed record Cell(string Words, string? Wrong = null)
{
    /// <summary>The fault does not apply to this form.</summary>
    public static Cell None { get; } = new("–");

    /// <summary>Adds the number of answers that were billed, but not delivered.</summary>
    public Cell WithLost(FaultRow row, int billed, bool isDelivered) =>
        billed - (isDelivered ? 1 : 0) is var lost and > 0
            ? new Cell($"{Words}, {(lost == 1 ? "billed" : $"billed {lost} times")}", Wrong ?? (lost > row.MostLost ? $"{lost} answers were billed and lost" : null))
            : this;

    /// <summary>Merges two cells that should be equal.</summary>
    public static Cell Merge(Cell whole, Cell streamed) =>
        whole == None ? streamed
        : streamed == None || whole.Words == streamed.Words ? whole with { Wrong = whole.Wrong ?? streamed.Wrong }
        : new($"{whole.Words}; streamed: {streamed.Words}", whole.Wrong ?? streamed.Wrong);
}

/// <summary>An answer that a caller holds, or the beginning of one and what it ended with.</summary>
/// <param name="Text">All text that was handed out.</param>
/// <param name="Reason">How it says that it ended.</param>
/// <param name="Failure">What was thrown.</param>
/// <param name="HasConversationId">Whether it offers an id to go on from.</param>
/// <param name="Rebuilt">Why the conversation was rebuilt; null if it was not.</param>
internal sealed record Seen(string Text, ChatFinishReason? Reason, Exception? Failure, bool HasConversationId, string? Rebuilt)
{
    public static async Task<Seen> OfAsync(Func<Task<ChatResponse>> call)
    {
        try
        {
            var answer = await call();
            return new(answer.Text, answer.FinishReason, null, answer.ConversationId is not null, RebuildOf(answer.Messages[0].AdditionalProperties));
        }
        catch (Exception e)
        {
            return new("", null, e, false, null);
        }
    }

    public static async Task<Seen> OfAsync(IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        var (text, reason, id, rebuilt) = ("", (ChatFinishReason?)null, false, (string?)null);
        try
        {
            await foreach (var update in updates)
            {
                text += update.Text;
                reason ??= update.FinishReason;
                id |= update.ConversationId is not null;
                rebuilt ??= RebuildOf(update.AdditionalProperties);
            }

            return new(text, reason, null, id, rebuilt);
        }
        catch (Exception e)
        {
            return new(text, reason, e, id, rebuilt);
        }
    }

    /// <summary>Creates the cell, with its errors.</summary>
    /// <param name="row">The fault.</param>
    /// <param name="requests">The number of requests.</param>
    /// <param name="billed">The number of answers that the service completed.</param>
    /// <param name="fetched">The number of requests for a stored answer.</param>
    public Cell ToCell(FaultRow row, int requests, int billed, int fetched)
    {
        var (text, reason) = row.Answer;
        var wrong = Failure switch
        {
            null when Text != text || Reason != reason => $"the answer '{Text}' ({Reason}) passes for '{text}' ({reason})",
            null when !HasConversationId => "an answer without an id to continue from",
            GrokException { Message.Length: > 1500 } => "a message that is too long",
            null or GrokException => row.Cancels ? "no cancellation" : null,
            OperationCanceledException when row.Cancels => null,
            _ => $"another exception: {Failure}",
        };
        wrong ??= Failure is null ? null
            : Reason is not null || HasConversationId ? "a failed answer looks finished"
            : !row.SaysSomethingElse && !text.StartsWith(Text, StringComparison.Ordinal) ? $"'{Text}' is not a prefix of '{text}'"
            : null;
        var again = requests > 1 && Rebuilt is null ? $", after {requests - 1} {(requests == 2 ? "retry" : "retries")}" : "";
        // How much text arrives before a timeout depends on the machine.
        var part = Failure is GrokException { Kind: not GrokErrorKind.Timeout } && Text.Length > 0 ? ", after a part" : "";
        var recovered = Failure is null && fetched > 0 ? ", recovered" : "";
        return new Cell(Describe() + (Rebuilt is null ? "" : ", rebuilt") + part + again + recovered, wrong).WithLost(row, billed, isDelivered: Failure is null);
    }

    private string Describe() => Failure switch
    {
        null when Text.Contains('\uFFFD', StringComparison.Ordinal) => "the answer, undecodable bytes as U+FFFD",
        null => Reason == ChatFinishReason.Stop ? "**the answer**" : $"the answer, as `{Reason}`",
        GrokException { Kind: GrokErrorKind.Timeout } e => $"Timeout ({e.Message[(e.Message.LastIndexOf('(') + 1)..e.Message.LastIndexOf(')')]})",
        GrokException e => $"{e.Kind}",
        _ => Failure.GetType().Name,
    };

    private static string? RebuildOf(AdditionalPropertiesDictionary? properties) => properties?.TryGetValue(GrokKeys.Answer.Rebuilt, out var why) == true ? why as string : null;
}
