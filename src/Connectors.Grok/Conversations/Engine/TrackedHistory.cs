using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>Restores a history from the stamps on it: texts on a message and on its first content, one of which survives what a host does to it.</summary>
internal static class TrackedHistory
{
    private const string Prefix = "grok.";
    private static readonly JsonTypeInfo<IList<AIContent>> Contents = (JsonTypeInfo<IList<AIContent>>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IList<AIContent>));

    /// <summary>
    /// The history from a place on, with what its stamps restore: stamps that only a content kept, on the message; reasoning, before the contents that it led to.
    /// </summary>
    public static IReadOnlyList<ChatMessage> Restored(IReadOnlyList<ChatMessage> messages, int from)
    {
        // A host that splits a message leaves its stamps on all the pieces, and the reasoning in one of them.
        var seen = new Lazy<HashSet<string>>(() =>
            messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().Select(static r => r.ProtectedData).OfType<string>().ToHashSet(StringComparer.Ordinal));
        return [.. messages.Skip(from).Select(m => m.Role == ChatRole.Assistant ? Restored(m, seen) : m)];
    }

    /// <summary>The stamps of a message, with those that only a content kept.</summary>
    public static AdditionalPropertiesDictionary? StampsOf(ChatMessage message)
    {
        var stamps = message.AdditionalProperties;
        for (var i = 0; message.Role == ChatRole.Assistant && i < message.Contents.Count; i++)
        {
            stamps = Copy(message.Contents[i].AdditionalProperties, stamps);
        }

        return stamps;
    }

    /// <summary>Encrypted reasoning as a text; null where there is none.</summary>
    public static string? ReasoningOf(IEnumerable<ChatMessage> messages)
    {
        var reasoning = messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().ToList<AIContent>();
        return reasoning.Exists(IsEncrypted) ? JsonSerializer.Serialize(reasoning, Contents) : null;
    }

    /// <summary>Copies our stamps onto a content, or from a content onto its message.</summary>
    public static AdditionalPropertiesDictionary? Copy(AdditionalPropertiesDictionary? from, AdditionalPropertiesDictionary? to)
    {
        var copy = to;
        foreach (var key in from?.Keys ?? [])
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal) && key != GrokKeys.Content.Item && copy?.ContainsKey(key) != true && from.GetText(key) is { } text)
            {
                copy = ReferenceEquals(copy, to) ? to?.Clone() ?? [] : copy!;
                copy[key] = text;
            }
        }

        return copy;
    }

    private static ChatMessage Restored(ChatMessage message, Lazy<HashSet<string>> seen)
    {
        var stamps = StampsOf(message);
        var reasoning = message.Contents.Any(IsEncrypted) ? [] : Reasoning(stamps.GetText(GrokKeys.Answer.KeptReasoning));
        reasoning.RemoveAll(r => r is TextReasoningContent { ProtectedData: { } blob } && !seen.Value.Add(blob));
        if (ReferenceEquals(stamps, message.AdditionalProperties) && reasoning.Count == 0)
        {
            return message;
        }

        var copy = message.Clone();
        copy.AdditionalProperties = stamps;
        copy.Contents = reasoning.Exists(IsEncrypted) ? [.. reasoning, .. message.Contents] : message.Contents;
        return copy;
    }

    private static bool IsEncrypted(AIContent content) => content is TextReasoningContent { ProtectedData: not null };

    private static List<AIContent> Reasoning(string? text)
    {
        try
        {
            return text is null ? [] : [.. JsonSerializer.Deserialize(text, Contents)?.OfType<TextReasoningContent>() ?? []];
        }
        catch (JsonException)
        {
            // Cut by a host that limits texts, or edited: the conversation continues without it.
            return [];
        }
    }
}
