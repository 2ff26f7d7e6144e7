using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>What was said in a turn, as stores keep it.</summary>
/// <param name="Model">The model that was asked for, under the name it was asked for.</param>
/// <param name="Instructions">The instructions that ruled from this turn on; null when they did not change.</param>
/// <param name="Input">The new messages.</param>
/// <param name="Output">The answer's messages, encrypted reasoning included.</param>
internal sealed record TurnContent(string? Model, string? Instructions, IReadOnlyList<ChatMessage> Input, IReadOnlyList<ChatMessage> Output)
{
    private const int Version = 1;

    // Messages are written by Microsoft.Extensions.AI's own types; only the frame around them is ours.
    private static readonly JsonTypeInfo<IList<ChatMessage>> Messages = (JsonTypeInfo<IList<ChatMessage>>)new JsonSerializerOptions(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }.GetTypeInfo(typeof(IList<ChatMessage>));

    /// <summary>The ids of calls that the answer makes and nobody has answered: the turn goes on with their results, or never happened.</summary>
    public IEnumerable<string> OpenCalls => Output.SelectMany(static m => m.Contents).OfType<FunctionCallContent>()
        .Where(static c => !c.InformationalOnly).Select(static c => c.CallId);

    public byte[] ToBytes(IConversationProtector? protector)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version"u8, Version);
            writer.WriteString("model"u8, Model);
            writer.WriteString("instructions"u8, Instructions);
            writer.WritePropertyName("input"u8);
            JsonSerializer.Serialize(writer, [.. Input], Messages);
            writer.WritePropertyName("output"u8);
            JsonSerializer.Serialize(writer, [.. Output], Messages);
            writer.WriteEndObject();
        }

        return protector?.Protect(stream.ToArray()) ?? stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no turn, or one of a newer version.</exception>
    public static TurnContent Of(ConversationTurn turn, IConversationProtector? protector)
    {
        try
        {
            using var json = JsonDocument.Parse(protector is null ? turn.Content : protector.Unprotect(turn.Content.ToArray()));
            return json.RootElement.GetProperty("version").GetInt32() <= Version
                ? new TurnContent(Text("model"), Text("instructions"), List("input"), List("output"))
                : throw new InvalidDataException($"The turn '{turn.Id}' was written by a newer version of this library.");

            string? Text(string name) => json.RootElement.GetProperty(name).GetString();

            IReadOnlyList<ChatMessage> List(string name) => [.. json.RootElement.GetProperty(name).Deserialize(Messages) ?? []];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The turn '{turn.Id}' cannot be read: {e.Message}", e);
        }
    }
}
