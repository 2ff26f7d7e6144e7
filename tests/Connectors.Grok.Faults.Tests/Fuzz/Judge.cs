using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Compares the result of reading with the content of the bytes.</summary>
internal static class Judge
{
    /// <summary>Gets the error of a failure; null when the failure is allowed.</summary>
    public static string? OnFailure(FuzzCase one, Reading reading) => reading.Failure switch
    {
        null => null,
        GrokException { Message.Length: > 0 } e when one.Answer.Status is >= 200 and <= 299 || e.Status == one.Answer.Status => null,
        OperationCanceledException when one.CancelsAt is not null => null,
        var e => $"this exception is not documented: {e}",
    };

    /// <summary>Gets the error of an answer; null when the bytes contain the answer.</summary>
    public static string? OnAnswer(FuzzCase one, Reading reading)
    {
        var naive = NaiveReader.Read(one.Answer, one.IsStreamed);
        var contents = reading.Answer?.Messages.SelectMany(static m => m.Contents).ToList() ?? [];
        return (reading.Answer is null ? null : naive.NoAnswer is { } why ? $"an answer was returned although {why}" : OnEnd(one, reading.Answer, naive))
            ?? OnTexts(one, reading, naive)
            ?? OnContents(one, contents, naive);
    }

    private static string? OnEnd(FuzzCase one, ChatResponse answer, NaiveReader naive)
    {
        if (answer.FinishReason is null)
        {
            return "the answer has no finish reason";
        }

        if (answer.ConversationId is not { } id || one.IsConversation)
        {
            return null;
        }

        var status = NaiveReader.Member(naive.Response, "status") is { } s ? NaiveReader.Text(s) : null;
        return !naive.SaysExactly(id) ? "the id to continue from is not in the bytes"
            : naive.Response.ValueKind == System.Text.Json.JsonValueKind.Object && status is not ("completed" or "incomplete") ? $"it has an id to continue from although its status is {status}" : null;
    }

    /// <summary>Checks that no text is invented or lost.</summary>
    private static string? OnTexts(FuzzCase one, Reading reading, NaiveReader naive)
    {
        if (one.Answer.SaysGzip && one.Answer.Plain() is null)
        {
            return null;
        }

        var pieces = one.IsStreamed ? reading.Updates.SelectMany(static u => u.Contents) : [];
        var texts = pieces.OfType<TextContent>().Select(static t => t.Text).Where(static t => t.Length > 0).ToList();
        if (texts.Find(t => !naive.Says(t)) is { } invented)
        {
            return $"the text '{invented}' stands nowhere";
        }

        var at = 0;
        foreach (var text in texts)
        {
            at += at < naive.Deltas.Count && naive.Deltas[at] == text ? 1 : 0;
        }

        return reading.Answer is null || at == naive.Deltas.Count ? null : $"the text '{naive.Deltas[at]}' is lost";
    }

    private static string? OnContents(FuzzCase one, List<AIContent> contents, NaiveReader naive)
    {
        _ = one;
        foreach (var content in contents)
        {
            var wrong = content switch
            {
                TextReasoningContent { ProtectedData: { } blob } => naive.SaysExactly(blob) ? null : "a blob stands nowhere",
                FunctionCallContent { Name.Length: > 0 } call => naive.SaysExactly(call.Name) ? null : $"the function '{call.Name}' stands nowhere",
                ErrorContent { Message.Length: > 0 } error => naive.Says(error.Message) ? null : "an error is not in the bytes",
                _ => null,
            };
            if (wrong is not null)
            {
                return wrong;
            }
        }

        return null;
    }
}
