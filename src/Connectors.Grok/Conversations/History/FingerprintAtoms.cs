using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>What a <see cref="Fingerprint"/> takes from messages: who speaks, and the bytes of contents that are no text.</summary>
internal static class FingerprintAtoms
{
    private const int DeepestArguments = 256;

    public static bool IsSystem(ChatRole role) => role == ChatRole.System || role.Value.Equals("developer", StringComparison.OrdinalIgnoreCase);

    /// <summary>The role under which the service sees the message's text, and the user's name. A tool's text reaches it as the user's: see InputMapper.</summary>
    public static string Speaker(ChatMessage message)
    {
        if (message.Role == ChatRole.Assistant)
        {
            return "a";
        }

        if (IsSystem(message.Role))
        {
            return "s";
        }

        return message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.AuthorName) ? "u:" + message.AuthorName : "u";
    }

    /// <summary>The kind of a content that is no text; null when it is not covered.</summary>
    public static char? KindOf(AIContent content) => content switch
    {
        FunctionCallContent => 'c',
        FunctionResultContent => 'r',
        DataContent => 'd',
        UriContent => 'l',
        HostedFileContent => 'f',
        ErrorContent error when RefusalMapper.ToPart(error) is not null => 'e',
        _ => null,
    };

    /// <summary>The hash of a content that is no text.</summary>
    public static string HashOf(AIContent content)
    {
        using var bytes = new Sha256Writer();
        Write(bytes, content);
        return Convert.ToHexString(bytes.ToHash());
    }

    public static void Write(Sha256Writer bytes, AIContent content)
    {
        switch (content)
        {
            case FunctionCallContent call:
                Write(bytes, call.CallId);
                Write(bytes, call.Name);
                WriteArguments(bytes, call);
                break;
            case FunctionResultContent result:
                Write(bytes, result.CallId);
                WriteResult(bytes, result);
                break;
            case DataContent data:
                bytes.Write(data.Data.Span);
                break;
            case UriContent uri:
                Write(bytes, uri.Uri.OriginalString);
                break;
            case HostedFileContent file:
                Write(bytes, file.FileId);
                break;
            case ErrorContent error:
                Write(bytes, error.Message);
                break;
        }
    }

    /// <summary>With its length before it, so that two neighbors cannot exchange characters.</summary>
    private static void Write(Sha256Writer bytes, string? text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, Encoding.UTF8.GetByteCount(text ?? ""));
        bytes.Write(length);
        bytes.Write(text);
    }

    private static void WriteResult(Sha256Writer bytes, FunctionResultContent result)
    {
        try
        {
            var output = FunctionMapper.ToItem(result).Output;
            Write(bytes, output?.Text);
            foreach (var part in output?.Parts ?? [])
            {
                bytes.Write(JsonSerializer.SerializeToUtf8Bytes(part, WireJson.Context.ResponsePart));
            }
        }
        catch (ArgumentException)
        {
            // Whoever sends it says what is wrong with it. A hash must not fail, least of all after the answer.
            foreach (var content in result.Result as IEnumerable<AIContent> ?? [])
            {
                Write(bytes, content.ToString());
                Write(bytes, content);
            }

            Write(bytes, result.Result is IEnumerable<AIContent> ? null : result.Result?.ToString());
        }
    }

    /// <summary>
    /// The arguments as values: members in the order of their names, and scalars as texts, since some hosts turn every argument into a
    /// text. Arguments that are no JSON object count as none, because they do not survive a host.
    /// </summary>
    private static void WriteArguments(Sha256Writer bytes, FunctionCallContent call)
    {
        if (call.Arguments is not { Count: > 0 })
        {
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(FunctionMapper.ToItem(call).Arguments ?? "{}", new JsonDocumentOptions { MaxDepth = DeepestArguments });
            WriteValue(bytes, json.RootElement);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            Write(bytes, string.Join(',', call.Arguments.Keys));
        }
    }

    private static void WriteValue(Sha256Writer bytes, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                bytes.Write("{"u8);
                foreach (var member in value.EnumerateObject().OrderBy(static m => m.Name, StringComparer.Ordinal))
                {
                    Write(bytes, member.Name);
                    WriteValue(bytes, member.Value);
                }

                bytes.Write("}"u8);
                break;
            case JsonValueKind.Array:
                bytes.Write("["u8);
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(bytes, item);
                }

                bytes.Write("]"u8);
                break;
            default:
                Write(bytes, value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText());
                break;
        }
    }
}
