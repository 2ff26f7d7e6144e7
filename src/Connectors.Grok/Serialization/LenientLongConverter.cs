using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Serialization;

/// <summary>Converts an integer of the response metadata. A malformed value (too large, text) does not throw, so that a billed answer is not lost.</summary>
internal sealed class LenientLongConverter : JsonConverter<long?>
{
    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt64(out var whole):
                return whole;
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && Math.Abs(number) < long.MaxValue:
                return (long)number;
            case JsonTokenType.String when long.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var text):
                return text;
            default:
                reader.TrySkip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options) => writer.WriteNumberValue(value!.Value);
}
