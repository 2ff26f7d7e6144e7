using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// Messages as stores keep them: the JSON of Microsoft.Extensions.AI's own serializer, byte for byte. What most of them consist of, text
/// and reasoning, is written here without it: each turn is, before its last update leaves.
/// </summary>
internal static class FastMessageWriter
{
    /// <summary>How deep the JSON of a store may be nested: what is sent may be nested 64 levels deep, and stands in objects of its own here.</summary>
    public static readonly JsonDocumentOptions Nesting = new() { MaxDepth = 512 };

    /// <summary>The serializer's own way: for reading, and for all that is not plain.</summary>
    public static readonly JsonTypeInfo<IList<ChatMessage>> Messages = (JsonTypeInfo<IList<ChatMessage>>)new JsonSerializerOptions(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Nesting.MaxDepth,
        // Databases that keep JSON as a value change the order of members, also of those that name a type.
        AllowOutOfOrderMetadataProperties = true,
        TypeInfoResolver = KeptContents.Extend(AIJsonUtilities.DefaultOptions.TypeInfoResolver!),
    }.GetTypeInfo(typeof(IList<ChatMessage>));

    private static readonly JsonTypeInfo<ChatMessage> Message = (JsonTypeInfo<ChatMessage>)Messages.Options.GetTypeInfo(typeof(ChatMessage));

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> messages)
    {
        writer.WriteStartArray();
        foreach (var message in messages)
        {
            if (IsPlain(message))
            {
                WritePlain(writer, message);
            }
            else
            {
                JsonSerializer.Serialize(writer, message, Message);
            }
        }

        writer.WriteEndArray();
    }

    private static bool IsPlain(ChatMessage message)
    {
        if (!IsPlain(message.AdditionalProperties))
        {
            return false;
        }

        foreach (var content in message.Contents)
        {
            if (!IsPlain(content) || content.Annotations is not null || !IsPlain(content.AdditionalProperties))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlain(AIContent? content) => content is TextReasoningContent
        || (content?.RawRepresentation is not TaggedObject && (content is TextContent || (content is DataContent { Name: null } && content.GetType() == typeof(DataContent))));

    private static bool IsPlain(AdditionalPropertiesDictionary? properties) => properties is null || properties.Values.All(static v => v is string);

    private static void WritePlain(Utf8JsonWriter writer, ChatMessage message)
    {
        writer.WriteStartObject();
        WriteSome(writer, "authorName"u8, message.AuthorName);
        if (message.CreatedAt is { } createdAt)
        {
            writer.WriteString("createdAt"u8, createdAt);
        }

        writer.WriteString("role"u8, message.Role.Value);
        writer.WriteStartArray("contents"u8);
        foreach (var content in message.Contents)
        {
            writer.WriteStartObject();
            if (content is TextReasoningContent reasoning)
            {
                writer.WriteString("$type"u8, "reasoning"u8);
                writer.WriteString("text"u8, reasoning.Text);
                WriteSome(writer, "protectedData"u8, reasoning.ProtectedData);
            }
            else if (content is DataContent data)
            {
                writer.WriteString("$type"u8, "data"u8);
                LongText.Write(writer, "uri"u8, new InlineData(data.MediaType, data.Data));
            }
            else
            {
                writer.WriteString("$type"u8, "text"u8);
                writer.WriteString("text"u8, ((TextContent)content).Text);
            }

            Write(writer, content.AdditionalProperties);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteSome(writer, "messageId"u8, message.MessageId);
        Write(writer, message.AdditionalProperties);
        writer.WriteEndObject();
    }

    private static void WriteSome(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void Write(Utf8JsonWriter writer, AdditionalPropertiesDictionary? properties)
    {
        if (properties is null)
        {
            return;
        }

        writer.WriteStartObject("additionalProperties"u8);
        foreach (var property in properties)
        {
            writer.WriteString(property.Key, (string?)property.Value);
        }

        writer.WriteEndObject();
    }
}
