using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Connectors.Grok.Serialization;

/// <summary>Converts an object of the response metadata. A value of another shape becomes null, so that a billed answer is not lost.</summary>
/// <param name="exact">The type information for the expected shape.</param>
internal sealed class LenientObjectConverter<T>(JsonTypeInfo<T> exact) : JsonConverter<T>
    where T : class
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var start = reader;
        try
        {
            return JsonSerializer.Deserialize(ref reader, exact);
        }
        catch (JsonException)
        {
            reader = start;
            reader.TrySkip();
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, exact);
}
