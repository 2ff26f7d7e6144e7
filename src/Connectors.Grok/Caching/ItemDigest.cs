using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Caching;

/// <summary>
/// Hashes of items, which hold in this process only. The lowest bits are the item's kind. Ids and states of items are no part of what the model
/// reads, and are not hashed.
/// </summary>
internal static class ItemDigest
{
    private const int KindBits = 0b111;

    /// <summary>The hash of an item.</summary>
    public static int Of(ResponseItem item)
    {
        var hash = new HashCode();
        switch (item)
        {
            case MessageItem message:
                hash.Add(message.Name);
                foreach (var part in message.Content ?? [])
                {
                    Add(ref hash, part);
                }

                break;
            case ReasoningItem { EncryptedContent: { } blob }:
                hash.Add(blob);
                break;
            case FunctionCallItem call:
                hash.Add(call.CallId);
                hash.Add(call.Name);
                hash.Add(call.Arguments);
                break;
            case FunctionCallOutputItem { Output: { Text: { } text, Parts: null } } result:
                hash.Add(result.CallId);
                hash.Add(text);
                break;
            default:
                hash.AddBytes(JsonSerializer.SerializeToUtf8Bytes(item, WireJson.Context.ResponseItem));
                break;
        }

        return (hash.ToHashCode() & ~KindBits) | (int)KindOf(item);
    }

    /// <summary>The hash of the tools of a request.</summary>
    public static int Of(IReadOnlyList<ResponseTool>? tools)
    {
        var hash = new HashCode();
        foreach (var tool in tools ?? [])
        {
            hash.AddBytes(JsonSerializer.SerializeToUtf8Bytes(tool, WireJson.Context.ResponseTool));
        }

        return hash.ToHashCode();
    }

    /// <summary>The kind of the item that has this hash.</summary>
    public static SentKind KindOf(int digest) => (SentKind)(digest & KindBits);

    private static SentKind KindOf(ResponseItem item) => item switch
    {
        MessageItem { Role: "system" or "developer" } => SentKind.System,
        MessageItem { Role: "assistant" } => SentKind.Assistant,
        MessageItem => SentKind.User,
        ReasoningItem => SentKind.Reasoning,
        FunctionCallItem => SentKind.Call,
        FunctionCallOutputItem => SentKind.Result,
        _ => SentKind.Other,
    };

    private static void Add(ref HashCode hash, ResponsePart part)
    {
        switch (part)
        {
            case InputTextPart text:
                hash.Add(text.Text);
                break;
            case OutputTextPart text:
                hash.Add(text.Text);
                break;
            case InputImagePart { Inline: { } data } image:
                hash.AddBytes(data.Bytes.Span);
                hash.Add(image.Detail);
                break;
            case InputImagePart image:
                hash.Add(image.ImageUrl);
                hash.Add(image.Detail);
                break;
            default:
                hash.AddBytes(JsonSerializer.SerializeToUtf8Bytes(part, WireJson.Context.ResponsePart));
                break;
        }
    }
}

/// <summary>The kinds of items that a change is reported with.</summary>
internal enum SentKind
{
    System,
    User,
    Assistant,
    Reasoning,
    Call,
    Result,
    Other,
}
