using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Reads a finite double. .NET reads larger JSON numbers as infinity and cannot write them back; an object with such a number has an unknown
/// shape and is kept as raw JSON.
/// </summary>
internal sealed class FiniteNumberConverter : JsonConverter<double?>
{
    public override double? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var number = reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.String when double.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var text) => text,
            _ => double.NaN,
        };
        return double.IsFinite(number) ? number : throw new JsonException("A number is one that a double holds.");
    }

    public override void Write(Utf8JsonWriter writer, double? value, JsonSerializerOptions options) => writer.WriteNumberValue(value!.Value);
}
