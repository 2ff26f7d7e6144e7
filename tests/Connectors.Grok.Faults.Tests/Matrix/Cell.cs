using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>What a caller saw of one fault by one way in.</summary>
/// <param name="Words">In the words of the table.</param>
/// <param name="Wrong">What must not be; null when all is well.</param>
internal sealed record Cell(string Words, string? Wrong = null)
{
    /// <summary>The fault has no such form.</summary>
    public static Cell None { get; } = new("–");

    /// <summary>The cell for two that should say the same.</summary>
    public static Cell Of(Cell whole, Cell streamed) =>
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
            return new(answer.Text, answer.FinishReason, null, answer.ConversationId is not null, Of(answer.Messages[0].AdditionalProperties));
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
                rebuilt ??= Of(update.AdditionalProperties);
            }

            return new(text, reason, null, id, rebuilt);
        }
        catch (Exception e)
        {
            return new(text, reason, e, id, rebuilt);
        }
    }

    /// <summary>The cell, with all that must not be in it.</summary>
    /// <param name="row">What went wrong.</param>
    /// <param name="requests">How many requests it took.</param>
    public Cell ToCell(FaultRow row, int requests)
    {
        var (text, reason) = row.Answer;
        var wrong = Failure switch
        {
            null when Text != text || Reason != reason => $"the answer '{Text}' ({Reason}) passes for '{text}' ({reason})",
            null when !HasConversationId => "an answer that nobody can go on from",
            GrokException { Message.Length: > 1500 } => "a message that nobody reads",
            null or GrokException => null,
            _ => $"another exception: {Failure}",
        };
        wrong ??= Failure is null ? null
            : Reason is not null || HasConversationId ? "what failed looks finished"
            : !row.SaysSomethingElse && !text.StartsWith(Text, StringComparison.Ordinal) ? $"'{Text}' is no part of '{text}'"
            : null;
        var again = requests > 1 && Rebuilt is null ? $", after {requests - 1} {(requests == 2 ? "retry" : "retries")}" : "";
        // How much comes before a timeout is for the machine to say.
        var part = Failure is GrokException { Kind: not GrokErrorKind.Timeout } && Text.Length > 0 ? ", after a part" : "";
        return new(Told() + (Rebuilt is null ? "" : ", rebuilt") + part + again, wrong);
    }

    private string Told() => Failure switch
    {
        null when Text.Contains('\uFFFD', StringComparison.Ordinal) => "the answer, undecodable bytes as U+FFFD",
        null => Reason == ChatFinishReason.Stop ? "**the answer**" : $"the answer, as `{Reason}`",
        GrokException { Kind: GrokErrorKind.Timeout } e => $"Timeout ({e.Message[(e.Message.LastIndexOf('(') + 1)..e.Message.LastIndexOf(')')]})",
        GrokException e => $"{e.Kind}",
        _ => Failure.GetType().Name,
    };

    private static string? Of(AdditionalPropertiesDictionary? properties) => properties?.TryGetValue(GrokKeys.Answer.Rebuilt, out var why) == true ? why as string : null;
}
