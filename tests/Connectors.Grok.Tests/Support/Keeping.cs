using System.Buffers;
using System.Text.Json;
using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>The ways to keep messages between two requests.</summary>
internal static class Keeping
{
    /// <summary>Each way by its name: what a host's JSON leaves of the messages, what a store leaves, and both one after the other.</summary>
    public static readonly IReadOnlyList<(string Name, Func<IReadOnlyList<ChatMessage>, IReadOnlyList<ChatMessage>> Keep)> Ways =
    [
        ("live", static m => m),
        ("JSON", ThroughJson),
        ("store", ThroughStore),
        ("JSON, JSON", static m => ThroughJson(ThroughJson(m))),
        ("store, store", static m => ThroughStore(ThroughStore(m))),
        ("JSON, store", static m => ThroughStore(ThroughJson(m))),
        ("store, JSON", static m => ThroughJson(ThroughStore(m))),
    ];

    /// <summary>The messages after a round trip through the serializer that Microsoft.Extensions.AI recommends.</summary>
    public static IReadOnlyList<ChatMessage> ThroughJson(IReadOnlyList<ChatMessage> messages) => [.. messages.Select(ThroughJson)];

    /// <summary>The message after a round trip through the serializer that Microsoft.Extensions.AI recommends.</summary>
    public static ChatMessage ThroughJson(ChatMessage message)
    {
        var type = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage));
        return (ChatMessage)JsonSerializer.Deserialize(JsonSerializer.Serialize(message, type), type)!;
    }

    /// <summary>The messages as stores write and read them.</summary>
    public static IReadOnlyList<ChatMessage> ThroughStore(IReadOnlyList<ChatMessage> messages)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true }))
        {
            FastMessageWriter.Write(writer, messages);
        }

        return [.. JsonSerializer.Deserialize(bytes.WrittenSpan, FastMessageWriter.Messages)!];
    }
}
