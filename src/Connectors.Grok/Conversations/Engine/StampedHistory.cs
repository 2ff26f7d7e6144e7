using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>Stamps on a history: texts on a message and on its first content, one of which survives what a host does to it.</summary>
internal static class StampedHistory
{
    private const string Prefix = "grok.";
    private static readonly JsonTypeInfo<IList<AIContent>> Contents = (JsonTypeInfo<IList<AIContent>>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IList<AIContent>));

    /// <summary>The history with what the stamps can put back: stamps that only a content kept, on the message; reasoning, before what it led to.</summary>
    public static List<ChatMessage> Restored(IReadOnlyList<ChatMessage> messages)
    {
        // A host that splits a message leaves its stamps on all the pieces, and the reasoning in one of them.
        var seen = messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().Select(static r => r.ProtectedData).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return [.. messages.Select(m => m.Role == ChatRole.Assistant ? Restored(m, seen) : m)];
    }

    /// <summary>The answers that a history was stamped with, by their fingerprints.</summary>
    public static Dictionary<string, KnownAnswer> Answers(IEnumerable<ChatMessage> messages)
    {
        var answers = new Dictionary<string, KnownAnswer>(StringComparer.Ordinal);
        foreach (var properties in messages.Select(static m => m.AdditionalProperties))
        {
            if (properties.GetText(GrokKeys.History.Fingerprint) is { } fingerprint && properties.GetText(GrokKeys.History.ResponseId) is { } id
                && DateTimeOffset.TryParse(properties.GetText(GrokKeys.History.ExpiresAt), CultureInfo.InvariantCulture, DateTimeStyles.None, out var expires))
            {
                answers[fingerprint] = new KnownAnswer(id, properties.GetText(GrokKeys.History.Model), expires);
            }
        }

        return answers;
    }

    /// <summary>Sealed reasoning as a text; null where there is none.</summary>
    public static string? ReasoningOf(IEnumerable<ChatMessage> messages)
    {
        var reasoning = messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().ToList<AIContent>();
        return reasoning.Exists(IsSealed) ? JsonSerializer.Serialize(reasoning, Contents) : null;
    }

    /// <summary>Copies our stamps onto a content, or from a content onto its message.</summary>
    public static AdditionalPropertiesDictionary? Copy(AdditionalPropertiesDictionary? from, AdditionalPropertiesDictionary? to)
    {
        var stamps = from?.Keys.Where(static k => k.StartsWith(Prefix, StringComparison.Ordinal) && k != GrokKeys.Content.Item).ToList() ?? [];
        if (stamps.Count == 0)
        {
            return to;
        }

        var copy = to?.Clone() ?? [];
        foreach (var key in stamps)
        {
            if (from.GetText(key) is { } text)
            {
                copy.TryAdd(key, text);
            }
        }

        return copy;
    }

    private static ChatMessage Restored(ChatMessage message, HashSet<string> seen)
    {
        var stamps = message.Contents.Aggregate(message.AdditionalProperties, static (all, content) => Copy(content.AdditionalProperties, all));
        var reasoning = message.Contents.Any(IsSealed) ? [] : Reasoning(stamps.GetText(GrokKeys.Answer.KeptReasoning));
        reasoning.RemoveAll(r => r is TextReasoningContent { ProtectedData: { } blob } && !seen.Add(blob));
        if (ReferenceEquals(stamps, message.AdditionalProperties) && reasoning.Count == 0)
        {
            return message;
        }

        var copy = message.Clone();
        copy.AdditionalProperties = stamps;
        copy.Contents = reasoning.Exists(IsSealed) ? [.. reasoning, .. message.Contents] : message.Contents;
        return copy;
    }

    private static bool IsSealed(AIContent content) => content is TextReasoningContent { ProtectedData: not null };

    private static List<AIContent> Reasoning(string? text)
    {
        try
        {
            return text is null ? [] : [.. JsonSerializer.Deserialize(text, Contents)?.OfType<TextReasoningContent>() ?? []];
        }
        catch (JsonException)
        {
            // Cut by a host that limits texts, or edited: the conversation goes on without.
            return [];
        }
    }
}
