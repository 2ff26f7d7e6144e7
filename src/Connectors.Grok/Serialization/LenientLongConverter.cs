using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Serialization;

/// <summary>A whole number that is not part of the answer itself. An unexpected value (a fraction, too large, a text) must not lose an answer that was paid for.</summary>
internal sealed class LenientLongConverter : JsonConverter<long?>
{
    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    public static long? Read(ref Utf8JsonReader reader)
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
