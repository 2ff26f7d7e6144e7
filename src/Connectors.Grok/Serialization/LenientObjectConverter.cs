using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Connectors.Grok.Serialization;

/// <summary>An object that is not part of the answer itself. One of an unexpected shape must not lose an answer that was paid for: it is read as null.</summary>
/// <param name="exact">The type, as it is read where its shape is the one we know; asked for when it is needed.</param>
internal sealed class LenientObjectConverter<T>(Func<JsonTypeInfo<T>> exact) : JsonConverter<T>
    where T : class
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var start = reader;
        try
        {
            return JsonSerializer.Deserialize(ref reader, exact());
        }
        catch (JsonException)
        {
            reader = start;
            reader.TrySkip();
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, exact());
}
