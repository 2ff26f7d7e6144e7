using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>A history that a host carries, and the points at which a summary may take the place of what is before.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="Leading">The number of system messages with which it begins.</param>
/// <param name="Points">The ends of its finished exchanges: a number of messages, and a key of their content that includes reasoning and hosted items.</param>
internal sealed record CarriedHistory(IReadOnlyList<ChatMessage> Messages, int Leading, IReadOnlyList<(int Count, string Key)> Points)
{
    /// <summary>The number of messages for which a new summary may stand; 0 when there are none.</summary>
    public int End => Points.Count == 0 ? 0 : Points[^1].Count;

    /// <summary>The texts of the system messages with which the history begins.</summary>
    public string SystemTexts => string.Join('\n', Messages.Take(Leading).Select(static m => m.Text));

    /// <summary>Reads a history.</summary>
    public static CarriedHistory Read(IReadOnlyList<ChatMessage> messages)
    {
        var end = EndOfExchanges(messages);
        var points = new List<(int Count, string Key)>();
        using var fingerprint = Fingerprint.Start();
        using var kept = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var index = 0; index < end; index++)
        {
            var message = messages[index];
            fingerprint.Add(message);
            foreach (var content in message.Contents)
            {
                // What the fingerprint leaves out: two histories with equal texts may differ in it.
                kept.AppendData(Encoding.UTF8.GetBytes(TokenEstimate.KeptText(content) ?? ""));
            }

            if (IsOfModel(message) && !message.Contents.Any(GrokChatReducer.IsSummary) && (index + 1 == end || messages[index + 1].Role == ChatRole.User))
            {
                points.Add((index + 1, $"{fingerprint.State!.Hash}:{Convert.ToHexString(kept.GetCurrentHash())}"));
            }
        }

        while (points.Count > 0 && IsWaitedFor(messages, points[^1].Count))
        {
            points.RemoveAt(points.Count - 1);
        }

        return new(messages, messages.TakeWhile(static m => m.Role == ChatRole.System).Count(), points);
    }

    /// <summary>The messages that are sent: a summary, and those for which it does not stand. System messages that differ from those in the summary follow it.</summary>
    public IReadOnlyList<ChatMessage> After(RememberedSummary? summary, int covered) => summary is null ? Messages
        : [summary.Message, .. summary.SystemTexts == SystemTexts ? [] : Messages.Take(Leading), .. Messages.Skip(covered)];

    /// <summary>The number of messages before the current question, which are all of them after an answer that calls nothing.</summary>
    private static int EndOfExchanges(IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Count > 0 && messages[^1].Role == ChatRole.Assistant && !messages[^1].Contents.Any(static c => c is FunctionCallContent || Approvals.AskedFor(c) is not null))
        {
            return messages.Count;
        }

        var end = messages.Count;
        while (end > 0 && messages[end - 1].Role != ChatRole.User)
        {
            end--;
        }

        while (end > 0 && !IsOfModel(messages[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>Whether the messages from a place on answer a call, or decide on one, that was made before it.</summary>
    private static bool IsWaitedFor(IReadOnlyList<ChatMessage> messages, int end)
    {
        var before = messages.Take(end).SelectMany(static m => m.Contents).ToList();
        var made = before.Select(static c => c is FunctionCallContent call ? call.CallId : Approvals.AskedFor(c)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        made.ExceptWith(before.OfType<FunctionResultContent>().Select(static r => r.CallId));
        return messages.Skip(end).SelectMany(static m => m.Contents).Any(c => (c is FunctionResultContent result ? result.CallId : Approvals.DecidedOn(c)) is { } id && made.Contains(id));
    }

    private static bool IsOfModel(ChatMessage message) => message.Role == ChatRole.Assistant || message.Role == ChatRole.Tool;
}
