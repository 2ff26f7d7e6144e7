using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>The messages of earlier turns as they are resent: item for item what was sent the first time.</summary>
/// <param name="Messages">The messages before the new ones.</param>
/// <param name="Instructions">The instructions with which they began; null for none.</param>
/// <param name="HasSummary">Whether they begin with a summary that takes the place of earlier turns.</param>
/// <param name="IsCallers">Whether they are the caller's own, because the turns did not keep theirs.</param>
internal sealed record ResentHistory(IReadOnlyList<ChatMessage> Messages, string? Instructions, bool HasSummary, bool IsCallers)
{
    /// <summary>Takes the messages from the turns, or, where they did not keep them, from the caller with the reasoning that they did keep.</summary>
    /// <param name="path">The turns, the first one first.</param>
    /// <param name="caller">The part of the caller's history that these turns are; empty when the caller passes new messages only.</param>
    /// <param name="input">The new messages.</param>
    /// <param name="isRestart">Whether the call begins under instructions of its own, so that announced ones are left out.</param>
    /// <param name="dropsSummary">Whether the turns themselves are sent, because the service could not decrypt the summary of them.</param>
    /// <returns>The history; null when neither the turns nor the caller have it.</returns>
    public static ResentHistory? Create(List<TurnContent> path, IReadOnlyList<ChatMessage> caller, IReadOnlyList<ChatMessage> input, bool isRestart, bool dropsSummary = false)
    {
        // A summary holds the instructions that were in force: a call that begins under its own sends the turns themselves.
        var summary = isRestart || dropsSummary ? -1 : path.FindLastIndex(static c => c.Header.IsCompaction);
        summary = path.FindIndex(Math.Max(summary, 0), static c => c.DropsSummary) >= 0 ? -1 : summary;
        var turns = path.Where((c, i) => i == summary || (i > summary && !c.Header.IsCompaction)).ToList();
        // What the service could not decrypt once it cannot decrypt the next time.
        for (var blind = turns.FindLastIndex(static c => c.DropsReasoning) - 1; blind >= 0; blind--)
        {
            turns[blind] = turns[blind] with { Output = [.. turns[blind].Output.Select(ConversationHistory.WithoutReasoning)] };
        }

        if (turns.Exists(static c => c.Kept != ConversationRetention.Everything))
        {
            return caller.Count == 0 ? null : new(Approvals.WithoutSettled(WithReasoning(caller, turns)), null, HasSummary: false, IsCallers: true);
        }

        // A turn that began under instructions of its own had the earlier ones no longer.
        var start = isRestart ? turns.Count : turns.FindLastIndex(static c => c.Instructions is not null);
        var messages = new List<ChatMessage>();
        for (var i = 0; i < turns.Count; i++)
        {
            if (i > start && turns[i].Announced is { } announced)
            {
                messages.Add(new(ChatRole.System, announced));
            }

            messages.AddRange(turns[i].Input);
            messages.AddRange(turns[i].Output);
        }

        return new(ConversationHistory.WithoutOpen(Approvals.WithoutSettled(messages), input), isRestart || start < 0 ? null : turns[start].Instructions, summary >= 0, IsCallers: false);
    }

    private static List<ChatMessage> WithReasoning(IReadOnlyList<ChatMessage> caller, List<TurnContent> turns)
    {
        var (whole, points, legacy) = (caller.ToList(), new HistoryPoints(caller), (Dictionary<string, int>?)null);
        foreach (var turn in turns)
        {
            int? index = turn.Header switch
            {
                { State: { } state } when points.FindLast(state) is { } point => point.Index,
                { LegacyFingerprint: { } old } when (legacy ??= LegacyFingerprint.Points(caller)).TryGetValue(old, out var at) => at,
                _ => null,
            };
            if (index is { } answer && !whole[answer].Contents.OfType<TextReasoningContent>().Any())
            {
                var copy = whole[answer].Clone();
                copy.Contents = [.. turn.Output.SelectMany(static m => m.Contents).OfType<TextReasoningContent>(), .. copy.Contents];
                whole[answer] = copy;
            }
        }

        return whole;
    }
}
