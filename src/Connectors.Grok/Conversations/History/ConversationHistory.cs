using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>A conversation as it is sent anew.</summary>
internal static class ConversationHistory
{
    /// <summary>What was said: from the turns, or, where they did not keep it, from the caller with the reasoning that they did keep.</summary>
    /// <param name="path">The turns, the first one first.</param>
    /// <param name="caller">The part of the caller's history that these turns are; empty when it passes new messages only.</param>
    /// <param name="input">The new messages.</param>
    /// <returns>Null when it is neither here nor there.</returns>
    public static IReadOnlyList<ChatMessage>? Of(IReadOnlyList<TurnContent> path, IReadOnlyList<ChatMessage> caller, IReadOnlyList<ChatMessage> input)
    {
        // What the service could not open once it cannot open the next time.
        var blind = path.ToList().FindLastIndex(static c => c.DropsReasoning);
        var opened = path.Select((c, i) => i < blind ? c with { Output = [.. c.Output.Select(WithoutReasoning)] } : c).ToList();
        if (path.All(static c => c.Kept == ConversationRetention.Everything))
        {
            return WithoutOpen(Approvals.WithoutSettled([.. opened.SelectMany(Said)]), input);
        }

        if (caller.Count == 0)
        {
            return null;
        }

        var points = FingerprintPoints.Of(caller);
        var whole = caller.ToList();
        foreach (var turn in opened)
        {
            if (turn.Fingerprint is not null && points.TryGetValue(turn.Fingerprint, out var index) && !whole[index].Contents.OfType<TextReasoningContent>().Any())
            {
                var copy = whole[index].Clone();
                copy.Contents = [.. turn.Output.SelectMany(static m => m.Contents).OfType<TextReasoningContent>(), .. copy.Contents];
                whole[index] = copy;
            }
        }

        return Approvals.WithoutSettled(whole);
    }

    /// <summary>
    /// The history without calls to which no result came, and requests for approval on which nobody decided: the conversation went on with
    /// the results of others, and a history with a call that has none is refused.
    /// </summary>
    private static IReadOnlyList<ChatMessage> WithoutOpen(IReadOnlyList<ChatMessage> history, IReadOnlyList<ChatMessage> input)
    {
        var decided = input.SelectMany(static m => m.Contents).Select(Approvals.DecidedOn).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return AnsweredCalls.Without(history, input, (content, answered) =>
            (content is FunctionCallContent { InformationalOnly: false } call && !answered.Contains(call.CallId))
            || (Approvals.CallIdOf(content) is { } id && !answered.Contains(id) && !decided.Contains(id)));
    }

    private static IEnumerable<ChatMessage> Said(TurnContent turn) =>
        [.. turn.Announced is null ? [] : (IEnumerable<ChatMessage>)[new ChatMessage(ChatRole.System, turn.Announced)], .. turn.Input, .. turn.Output];

    /// <summary>Whether what was said last is the result of a function: one ended the loop below, and the service has heard of none of its results.</summary>
    public static bool EndsWithResults(IList<AIContent>? contents) => contents is { Count: > 0 } && contents[^1] is FunctionResultContent;

    public static bool HasReasoning(ChatMessage message) => message.Contents.Any(static c => c is TextReasoningContent);

    public static ChatMessage WithoutReasoning(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Where(static c => c is not TextReasoningContent)];
        return copy;
    }
}
