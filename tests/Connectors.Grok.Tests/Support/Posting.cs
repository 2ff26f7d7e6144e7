using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>What callers post, and how it compares.</summary>
internal static class Posting
{
    public static ChatMessage Question(Random random, int step) => random.Next(8) switch
    {
        0 => new(ChatRole.User, [new TextContent($"image {step}"), new DataContent(new[] { (byte)step }, "image/png")]),
        1 => new(ChatRole.User, $"refuse {step}"),
        2 => new(ChatRole.User, $"call {step}"),
        3 => new(ChatRole.User, "yes"),
        _ => new(ChatRole.User, $"question {step}.{random.Next(99)}"),
    };

    /// <summary>A question, or, usually, the result of a pending call.</summary>
    public static ChatMessage Next(List<ChatMessage> view, Random random, int step)
    {
        // Only those of the last answer: a call that the conversation has left behind can no longer be answered.
        var last = view.Count > 0 && view[^1].Role == ChatRole.Assistant ? view[^1].Contents.OfType<FunctionCallContent>().Select(static c => c.CallId).ToList() : [];
        var open = Open(view).Where(last.Contains).ToList();
        return open.Count > 0 && random.Next(4) > 0
            ? new(ChatRole.Tool, [.. open.Select(c => new FunctionResultContent(c, $"result {step}"))])
            : Question(random, step);
    }

    public static ChatOptions Options(Random random)
    {
        var options = new ChatOptions { Instructions = random.Next(4) == 0 ? $"Instructions {random.Next(3)}" : null, ModelId = random.Next(9) == 0 ? "grok-3-mini" : null };
        return random.Next(6) == 0 ? options.WithStore(false) : options;
    }

    public static Task<ChatResponse> AskAsync(IChatClient client, List<ChatMessage> messages, ChatOptions options, Random random) => random.Next(2) == 0
        ? client.GetResponseAsync(messages, options)
        : client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync();

    /// <summary>The messages after one another, without calls that nobody answers.</summary>
    public static List<ChatMessage> Whole(List<ChatMessage> view, List<ChatMessage> next) => [.. view, .. next];

    /// <summary>A history as hosts change it: as it is, as JSON, without stamps, edited, cut, summarized.</summary>
    public static List<ChatMessage> Vary(List<ChatMessage> view, Random random)
    {
        List<ChatMessage> history = [.. view];
        if (random.Next(3) == 0)
        {
            history = [.. JsonSerializer.Deserialize<IList<ChatMessage>>(JsonSerializer.Serialize<IList<ChatMessage>>(history, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!];
        }

        if (random.Next(3) == 0)
        {
            history = [.. history.Select(static m => new ChatMessage(m.Role, [.. m.Contents.Where(static c => c is not TextReasoningContent).Select(Bare)]))];
        }

        var users = Enumerable.Range(0, history.Count).Where(i => history[i].Role == ChatRole.User).ToList();
        switch (random.Next(9))
        {
            case 4 when history.Count > 1:
                history.RemoveAt(random.Next(history.Count));
                break;
            case 5 when history.Count > 1:
                var doubled = random.Next(history.Count);
                history.Insert(doubled, history[doubled]);
                break;
            case 6 when history.Count > 1:
                var moved = random.Next(history.Count - 1);
                (history[moved], history[moved + 1]) = (history[moved + 1], history[moved]);
                break;
            case 0 when users.Count > 0:
                history[users[random.Next(users.Count)]] = new(ChatRole.User, $"edited {random.Next(999)}");
                break;
            case 1 when users.Count > 1:
                history = history[users[random.Next(users.Count)]..];
                break;
            case 2 when users.Count > 1:
                history = [new(ChatRole.Assistant, $"summary {random.Next(999)}"), .. history[users[random.Next(users.Count)]..]];
                break;
            case 3 when users.Count > 1:
                history = history[..users[random.Next(users.Count)]];
                break;
            default:
                break;
        }

        // Calls that come first, alone or after their question, are those of a function loop.
        return !history.Take(2).Any(static m => m.Contents.Any(static c => c is FunctionCallContent)) ? history : [.. view];

        static AIContent Bare(AIContent content) => content switch
        {
            TextContent text => new TextContent(text.Text),
            FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, call.Arguments),
            _ => content,
        };
    }

    /// <summary>What tells an answer again: it with the text of the user before it, or its call.</summary>
    public static string? EvidenceOf(List<ChatMessage> view, List<ChatMessage> answer) => Evidence([.. view, .. answer]).Skip(Evidence(view).Count()).LastOrDefault();

    /// <summary>Whether new messages hold the result of a call that neither they nor the last answer make.</summary>
    public static bool HasOrphan(List<ChatMessage> view, List<ChatMessage> posted)
    {
        var calls = view.TakeLast(1).Concat(posted).SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId).ToHashSet(StringComparer.Ordinal);
        return !ResultsIn(posted).All(calls.Contains);
    }

    /// <summary>The messages of an answer that the model had seen before it gave the last of them: calls of a function loop and their results.</summary>
    public static List<ChatMessage> BeforeLast(ChatResponse answer) => [.. answer.Messages.SkipLast(1)];

    /// <summary>Cancels a call: before it, or after its first update.</summary>
    public static async Task CancelAsync(IChatClient client, List<ChatMessage> messages, ChatOptions options, Random random)
    {
        using var cancellation = new CancellationTokenSource();
        var isStreamed = random.Next(2) == 0;
        if (!isStreamed)
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(messages, options, cancellation.Token)).ConfigureAwait(false);
            return;
        }

        await foreach (var _ in client.GetStreamingResponseAsync(messages, options, cancellation.Token).ConfigureAwait(false))
        {
            // The caller leaves; nothing of the call is kept.
            break;
        }
    }

    /// <summary>Answers with the text of the user before them, and calls.</summary>
    public static IEnumerable<string> Evidence(List<ChatMessage> messages)
    {
        var user = "";
        foreach (var message in messages)
        {
            user = message.Role == ChatRole.User ? message.Text : user;
            if (message.Role == ChatRole.Assistant)
            {
                foreach (var content in message.Contents)
                {
                    if (content is FunctionCallContent call)
                    {
                        yield return call.CallId;
                    }
                    else if (user.Length > 0 && (content is TextContent { Text.Length: > 0 } or ErrorContent))
                    {
                        yield return $"{user}\n{(content is TextContent text ? text.Text : ((ErrorContent)content).Message)}";
                    }
                }
            }
        }
    }

    public static void Equal(List<ChatMessage> expected, string? instructions, List<ChatMessage> seen, string what)
    {
        Assert.True(Text(expected) == Text(seen), $"{what}\nexpected:\n{Text(expected)}\nseen:\n{Text(seen)}");
        Assert.True(instructions == seen.LastOrDefault(static m => m.Role == ChatRole.System)?.Text, $"{what}\nexpected instructions:\n{instructions}\nseen:\n{string.Join('\n', seen.Where(static m => m.Role == ChatRole.System))}");
    }

    private static IEnumerable<string> ResultsIn(List<ChatMessage> messages) => messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.CallId);

    private static IEnumerable<string> Open(List<ChatMessage> messages)
    {
        var results = ResultsIn(messages).ToHashSet(StringComparer.Ordinal);
        return messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId).Where(c => !results.Contains(c));
    }

    /// <summary>Who says what. Reasoning, instructions, copies of calls, and calls and results without their other half apart.</summary>
    public static string Text(List<ChatMessage> messages)
    {
        var answered = StatefulService.AnsweredCalls(messages);
        var said = new HashSet<string>(StringComparer.Ordinal);
        return string.Join('\n', messages.Where(static m => m.Role != ChatRole.System).SelectMany(m => m.Contents.Select(c => c switch
        {
            TextContent { Text.Length: > 0 } text => $"{m.Role}: {text.Text}",
            ErrorContent error => $"{m.Role}: {error.Message}",
            DataContent data => $"{m.Role}: {Convert.ToHexString(data.Data.Span)}",
            FunctionCallContent call when answered.Contains(call.CallId) && said.Add("call " + call.CallId) => $"{m.Role}: {call.CallId}",
            FunctionResultContent result when answered.Contains(result.CallId) && said.Add("result " + result.CallId) => $"{m.Role}: {result.CallId} {result.Result}",
            _ => null,
        })).OfType<string>());
    }
}
