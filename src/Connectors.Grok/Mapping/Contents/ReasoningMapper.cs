using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// Reasoning items ⇄ <see cref="TextReasoningContent"/>. An item must go back exactly as it came, blob verbatim and summary parts apart,
/// also after a stream was coalesced and sent through JSON, where only text, blob and the first piece's properties survive.
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

        if (item.EncryptedContent is { } blob)
        {
            last ??= new TextReasoningContent("") { AdditionalProperties = Stamp(item.Id, origin, isSummary: true) };
            last.ProtectedData = blob;
            last.RawRepresentation = item;
        }

        if (last is not null)
        {
            yield return last;
        }
    }

    /// <summary>What ends a streamed item: its blob, which also keeps the next item's text from merging into this one's.</summary>
    public static TextReasoningContent EncryptedPart(ReasoningItem item, ReasoningOrigin origin) => new("")
    {
        ProtectedData = item.EncryptedContent,
        AdditionalProperties = Stamp(item.Id, origin, isSummary: true),
    };

    /// <summary>An empty content between two parts of one item, or between two items the first of which has no blob: with an annotation, coalescing leaves it alone.</summary>
    public static TextReasoningContent PartSeparator(string? itemId, ReasoningOrigin origin) => new("")
    {
        Annotations = [new AIAnnotation()],
        AdditionalProperties = Stamp(itemId, origin, isSummary: true),
    };

    public static bool IsPartSeparator(AIContent content) =>
        content is TextReasoningContent { Text.Length: 0, ProtectedData: null, Annotations.Count: > 0 };

    /// <summary>
    /// The items of neighbouring reasoning contents, to be sent back. Null stands for one that must not go:
    /// without its blob, or sealed for another model's family.
    /// </summary>
    public static IEnumerable<ReasoningItem?> ToItems(IEnumerable<TextReasoningContent> contents, string model)
    {
        var group = new List<TextReasoningContent>();
        foreach (var content in contents)
        {
            group.Add(content);
            if (content.ProtectedData is { Length: > 0 })
            {
                yield return ToItem(group, model);
                group.Clear();
            }
        }

        if (group.Count > 0)
        {
            yield return null;
        }
    }

    private static ReasoningItem? ToItem(List<TextReasoningContent> group, string model)
    {
        var seal = group[^1];
        if (seal.RawRepresentation is ReasoningItem raw)
        {
            return Belongs(seal, model) ? raw with { Status = null } : null;
        }

        // An item without a blob may stand before this one; its pieces carry another id, and it must not go.
        var id = seal.GetReasoningItemId();
        var texts = group.Where(c => c.GetReasoningItemId() == id);
        return Belongs(seal, model)
            ? new ReasoningItem
            {
                Id = id,
                Summary = [.. Parts(texts, isSummary: true).Select(static t => new SummaryTextPart(t))],
                Content = Parts(texts, isSummary: false) is { Count: > 0 } thoughts ? [.. thoughts.Select(static t => new ReasoningTextPart(t))] : null,
                EncryptedContent = seal.ProtectedData,
            }
            : null;
    }

    /// <summary>The texts of one kind; a divider begins a new one.</summary>
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
    /// Sealed reasoning is bound to its model's family. Without our stamp (from the OpenAI adapter) the id must have xAI's form,
    /// <c>rs_</c> and a UUID; another provider's blob would be refused.
    /// </summary>
    private static bool Belongs(TextReasoningContent content, string model)
    {
        var thinker = content.AdditionalProperties.GetText(GrokKeys.Content.ReasoningModel);
        return thinker is not null
            ? ModelProfile.Family(thinker) == ModelProfile.Family(model) || content.AdditionalProperties.GetText(GrokKeys.Content.ReasoningModelAlias) == model
            : content.GetReasoningItemId() is { } id && id.StartsWith("rs_", StringComparison.Ordinal) && id.Length >= 39 && Guid.TryParse(id.AsSpan(3, 36), out _);
    }

    private static IEnumerable<(string Text, bool IsSummary)> Texts(ReasoningItem item)
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

/// <summary>The model that thought, and the alias it was asked for under, if it was one.</summary>
internal readonly record struct ReasoningOrigin(string? Model, string? Alias)
{
    public static ReasoningOrigin From(string? answered, string? asked) => new(answered ?? asked, answered is null || answered == asked ? null : asked);
}
