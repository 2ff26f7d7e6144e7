using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Reads or writes a record of <see cref="FastJson"/>. A record of any other form is left to the serializer.
/// </summary>
/// <param name="exact">The type, as the serializer reads and writes it; asked for when it is needed.</param>
internal abstract class FastConverter<T>(Func<JsonTypeInfo<T>> exact) : JsonConverter<T>
    where T : WireObject
{
    public sealed override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => Write(writer, value);

    /// <summary>Reads the value at the current token.</summary>
    public T? Read(ref Utf8JsonReader reader)
    {
        var start = reader;
        try
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                return ReadMembers(ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Another form, or malformed: the serializer reads it, or reports what is wrong.
        }

        reader = start;
        return Exact.Read(ref reader, typeof(T), exact().Options);
    }

    public void Write(Utf8JsonWriter writer, T value)
    {
        if (value.Members is not null || !TryWrite(writer, value))
        {
            Exact.Write(writer, value, exact().Options);
        }
    }

    private JsonConverter<T> Exact => (JsonConverter<T>)exact().Converter;

    /// <summary>Reads the members of an object up to its end. Throws for a form that it does not know.</summary>
    protected virtual T ReadMembers(ref Utf8JsonReader reader) => throw new JsonException();

    /// <summary>Writes an object without additional members; false when it wrote nothing.</summary>
    protected virtual bool TryWrite(Utf8JsonWriter writer, T value) => false;
}
