using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// Reasoning items ⇄ <see cref="TextReasoningContent"/>. An item must be resent exactly as it came, blob verbatim and summary parts apart,
/// also after a stream was coalesced and kept as JSON, where only text, blob and the first piece's properties survive.
/// </summary>
internal static class ReasoningMapper
{
    private const string ContentKind = "content";

    /// <summary>The contents of a whole item, as a coalesced stream of it would have them.</summary>
    public static IEnumerable<AIContent> ToContents(ReasoningItem item, ReasoningOrigin origin)
    {
        TextReasoningContent? last = null;
        foreach (var (text, isSummary) in Texts(item))
        {
            if (last is not null)
            {
                yield return last;
                yield return PartSeparator(item.Id, origin);
            }

            last = new TextReasoningContent(text) { AdditionalProperties = Stamp(item.Id, origin, isSummary) };
        }

        var isPlain = IsPlain(item);
        if (item.EncryptedContent is { } blob && isPlain)
        {
            last ??= new TextReasoningContent("") { AdditionalProperties = Stamp(item.Id, origin, isSummary: true) };
            last.ProtectedData = blob;
            last.RawRepresentation = item;
        }

        if (last is not null)
        {
            yield return last;
        }

        if (item.EncryptedContent is not null && !isPlain)
        {
            foreach (var content in Ending(item, origin, isStreamed: false).Skip(last is null ? 1 : 0))
            {
                yield return content;
            }
        }
    }

    /// <summary>
    /// What ends a streamed item: its blob, which also keeps the next item's text from merging into this one's. Where the texts do not tell the whole item,
    /// a copy of it is kept with the blob, in a content apart from the texts: coalescing keeps the properties of the first content alone.
    /// </summary>
    /// <param name="item">The finished item.</param>
    /// <param name="origin">The model it came from.</param>
    /// <param name="isStreamed">Whether its texts were streamed, each part as it is in the item.</param>
    public static IEnumerable<TextReasoningContent> Ending(ReasoningItem item, ReasoningOrigin origin, bool isStreamed)
    {
        var end = new TextReasoningContent("") { ProtectedData = item.EncryptedContent, AdditionalProperties = Stamp(item.Id, origin, isSummary: true) };
        if (isStreamed && IsPlain(item))
        {
            return [end];
        }

        end.AdditionalProperties[GrokKeys.Content.ReasoningItem] = Kept(item);
        return [PartSeparator(item.Id, origin), end];
    }

    /// <summary>An empty content between two parts of one item, or between two items the first of which has no blob: with an annotation, coalescing leaves it alone.</summary>
    public static TextReasoningContent PartSeparator(string? itemId, ReasoningOrigin origin) => new("")
    {
        Annotations = [new AIAnnotation()],
        AdditionalProperties = Stamp(itemId, origin, isSummary: true),
    };

    public static bool IsPartSeparator(AIContent content) =>
        content is TextReasoningContent { Text.Length: 0, ProtectedData: null, Annotations.Count: > 0 };

    /// <summary>
    /// The items of neighbouring reasoning contents, to be sent back. Null stands for one that must not be sent:
    /// without its blob, or encrypted for another model's family.
    /// </summary>
    public static IEnumerable<ReasoningItem?> ToItems(IEnumerable<TextReasoningContent> contents, string model, ModelNames? names = null)
    {
        var group = new List<TextReasoningContent>();
        foreach (var content in contents)
        {
            group.Add(content);
            if (content.ProtectedData is { Length: > 0 })
            {
                yield return ToItem(group, model, names ?? ModelNames.BuiltIn);
                group.Clear();
            }
        }

        if (group.Count > 0)
        {
            yield return null;
        }
    }

    private static ReasoningItem? ToItem(List<TextReasoningContent> group, string model, ModelNames names)
    {
        var end = group[^1];
        if (!Belongs(end, model, names))
        {
            return null;
        }

        if (end.RawRepresentation is ReasoningItem raw)
        {
            return Sent(raw);
        }

        if (end.AdditionalProperties.GetText(GrokKeys.Content.ReasoningItem) is { } kept && WireText.ToItem(kept) is ReasoningItem item)
        {
            return item with { EncryptedContent = end.ProtectedData };
        }

        // An item without a blob may stand before this one; its pieces carry another id, and it must not go.
        var id = end.GetReasoningItemId();
        var texts = group.Where(c => c.GetReasoningItemId() == id);
        return new ReasoningItem
        {
            Id = id,
            Summary = [.. Parts(texts, isSummary: true).Select(static t => new SummaryTextPart(t))],
            Content = Parts(texts, isSummary: false) is { Count: > 0 } thoughts ? [.. thoughts.Select(static t => new ReasoningTextPart(t))] : null,
            EncryptedContent = end.ProtectedData,
        };
    }

    /// <summary>The item as it is sent: what was received, with a summary always and without nulls. The service takes an item without a summary for another one.</summary>
    public static ReasoningItem Sent(ReasoningItem item) => item with
    {
        Status = null,
        Summary = item.Summary ?? [],
        AdditionalMembers = item.AdditionalMembers is { } members && members.Where(static m => m.Value.ValueKind != JsonValueKind.Null).ToList() is { Count: > 0 } some ? some.ToDictionary() : null,
    };

    /// <summary>The item as text, but for its blob: that is kept once.</summary>
    private static string Kept(ReasoningItem item) => WireText.FromItem(Sent(item) with { EncryptedContent = null });

    /// <summary>Whether the texts of an item tell all of it but its id and its blob.</summary>
    private static bool IsPlain(ReasoningItem item) =>
        item is { Members: null, Summary: not null, Content: null or { Count: > 0 } }
        && item.Summary.All(static p => p is SummaryTextPart { Text.Length: > 0, Members: null })
        && item.Content?.All(static p => p is ReasoningTextPart { Text.Length: > 0, Members: null }) != false;

    /// <summary>The texts of one kind; a separator begins a new one.</summary>
    private static List<string> Parts(IEnumerable<TextReasoningContent> contents, bool isSummary)
    {
        var parts = new List<string>();
        var isNew = true;
        foreach (var content in contents)
        {
            if (IsPartSeparator(content))
            {
                isNew = true;
            }
            else if (content.Text.Length > 0 && (content.AdditionalProperties.GetText(GrokKeys.Content.ReasoningKind) != ContentKind) == isSummary)
            {
                if (isNew)
                {
                    parts.Add(content.Text);
                }
                else
                {
                    parts[^1] += content.Text;
                }

                isNew = false;
            }
        }

        return parts;
    }

    /// <summary>
    /// Encrypted reasoning is bound to its model's family. Without our stamp (from the OpenAI adapter) the id must have xAI's form,
    /// <c>rs_</c> and a UUID; the service rejects another provider's blob.
    /// </summary>
    private static bool Belongs(TextReasoningContent content, string model, ModelNames names)
    {
        var thinker = content.AdditionalProperties.GetText(GrokKeys.Content.ReasoningModel);
        return thinker is not null
            ? names.Family(thinker) == names.Family(model) || content.AdditionalProperties.GetText(GrokKeys.Content.ReasoningModelAlias) == model
            : content.GetReasoningItemId() is { } id && id.StartsWith("rs_", StringComparison.Ordinal) && id.Length >= 39 && Guid.TryParse(id.AsSpan(3, 36), out _);
    }

    /// <summary>The texts of an item's parts, those of the summary first.</summary>
    public static IEnumerable<(string Text, bool IsSummary)> Texts(ReasoningItem item)
    {
        foreach (var part in item.Summary ?? [])
        {
            if (part is SummaryTextPart { Text: { Length: > 0 } text })
            {
                yield return (text, true);
            }
        }

        foreach (var part in item.Content ?? [])
        {
            if (part is ReasoningTextPart { Text: { Length: > 0 } text })
            {
                yield return (text, false);
            }
        }
    }

    /// <summary>What each piece of an item carries: coalescing keeps the first piece's, so it stands on all of them.</summary>
    public static AdditionalPropertiesDictionary Stamp(string? itemId, ReasoningOrigin origin, bool isSummary)
    {
        var properties = new AdditionalPropertiesDictionary { [GrokKeys.Content.ReasoningItemId] = itemId, [GrokKeys.Content.ReasoningModel] = origin.Model };
        if (origin.Alias is { } alias)
        {
            properties[GrokKeys.Content.ReasoningModelAlias] = alias;
        }

        if (!isSummary)
        {
            properties[GrokKeys.Content.ReasoningKind] = ContentKind;
        }

        return properties;
    }
}

/// <summary>The model that reasoning came from, and the alias under which it was asked for, if it was one.</summary>
internal readonly record struct ReasoningOrigin(string? Model, string? Alias)
{
    public static ReasoningOrigin From(string? answered, string? asked) => new(answered ?? asked, answered is null || answered == asked ? null : asked);
}
