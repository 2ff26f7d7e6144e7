using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Conversations;

/// <summary>A turn as a JSON document: every member but <see cref="ConversationTurn.Content"/>, which stores keep beside it as bytes.</summary>
/// <remarks>Times are ticks of 100 ns since the year 1, UTC. Optional members at their default are left out, and unknown members are ignored, so that builds of different age read each other's documents.</remarks>
public static partial class ConversationTurnJson
{
    /// <summary>Writes a turn as UTF-8 JSON.</summary>
    /// <param name="turn">The turn.</param>
    /// <returns>The document, without the content.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="turn"/> is null.</exception>
    public static byte[] Write(ConversationTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return JsonSerializer.SerializeToUtf8Bytes(turn, Context.Default.ConversationTurn);
    }

    /// <summary>Reads a turn.</summary>
    /// <param name="document">A document that <see cref="Write"/> wrote.</param>
    /// <param name="content">The content that was kept beside it.</param>
    /// <returns>The turn.</returns>
    /// <exception cref="InvalidDataException">The document is not the JSON of a turn.</exception>
    public static ConversationTurn Read(ReadOnlySpan<byte> document, ReadOnlyMemory<byte> content)
    {
        long line, position;
        try
        {
            var turn = JsonSerializer.Deserialize(document, Context.Default.ConversationTurn) ?? throw new InvalidDataException("The document of a turn is null.");
            return turn with { Content = content };
        }
        catch (JsonException e)
        {
            // The parser's own message may repeat parts of the document.
            (line, position) = (e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
        }

        throw new InvalidDataException($"The document of a turn cannot be read: line {line + 1}, byte {position + 1}.");
    }

    /// <summary>Ticks, which the migrations of SQL stores can take over from their older columns.</summary>
    private sealed class TicksConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var ticks) && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
                ? new DateTimeOffset(ticks, TimeSpan.Zero)
                : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteNumberValue(value.UtcTicks);
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UseStringEnumConverter = true,
        Converters = [typeof(TicksConverter)])]
    [JsonSerializable(typeof(ConversationTurn))]
    private sealed partial class Context : JsonSerializerContext;
}
