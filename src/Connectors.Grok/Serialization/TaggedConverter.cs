using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Converts a union by its <c>type</c> member, at any position, and keeps unknown cases as raw JSON.
/// <c>[JsonPolymorphic]</c> requires the tag first and drops an unknown one.
/// </summary>
internal sealed class TaggedConverter<T>(TagTable<T> table) : JsonConverter<T>
    where T : TaggedObject
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, options);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => WriteCase(writer, value, options);

    /// <summary>Reads a case.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="options">The options; null for those of <see cref="WireJson.Context"/>.</param>
    public T? Read(ref Utf8JsonReader reader, JsonSerializerOptions? options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return table.Unknown("", JsonElement.ParseValue(ref reader));
        }

        var tag = FindTag(reader);
        if (table.Find(tag) is { } known)
        {
            var start = reader;
            try
            {
                return known.Read(ref reader, options);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                // A known tag with an unknown shape is kept as raw JSON, so that the answer is not lost. The last two are
                // what a reader throws for a token of another type; the serializer, which is not used here, would convert them to the first.
                reader = start;
            }
        }

        return table.Unknown(tag.TokenType == JsonTokenType.String ? tag.GetString()! : "", JsonElement.ParseValue(ref reader));
    }

    /// <summary>Writes a case.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="value">The case.</param>
    /// <param name="options">The options; null for those of <see cref="WireJson.Context"/>.</param>
    public void WriteCase(Utf8JsonWriter writer, T value, JsonSerializerOptions? options)
    {
        if (table.Json(value) is { } json)
        {
            // A default JsonElement would throw here without naming the item, and additional members would be lost silently.
            var wrong = json.ValueKind == JsonValueKind.Undefined ? "is a default JsonElement" : value.Members is not null ? "goes out as it is, without the AdditionalMembers beside it" : null;
            if (wrong is not null)
            {
                throw new ArgumentException($"A {value.GetType().Name} of the type '{value.Type}' cannot be sent: its Json {wrong}.", nameof(value));
            }

            json.WriteTo(writer);
        }
        else if (!FastItemWriter.TryWrite(writer, value))
        {
            table.Find(value.GetType()).Write(writer, value, options);
        }
    }

    /// <summary>Looks ahead with a copy of the reader, which is a struct; the position of the original does not change.</summary>
    private static Utf8JsonReader FindTag(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTag = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isTag)
            {
                break;
            }

            // When it reads a stream, the serializer buffers a whole value first but marks the data as partial: then Skip throws.
            reader.TrySkip();
        }

        return reader;
    }
}

/// <summary>Maps the tags of a union to records.</summary>
/// <param name="Known">The tags and their records. A few dozen at most: scanning the UTF-8 bytes is faster than a dictionary of strings.</param>
/// <param name="Unknown">Creates the record for an unknown tag.</param>
/// <param name="Json">Gets the raw JSON of an unknown case; null for a known one.</param>
internal sealed record TagTable<T>(TagCase<T>[] Known, Func<string, JsonElement, T> Unknown, Func<T, JsonElement?> Json)
    where T : class
{
    private readonly byte[][] _utf8 = [.. Known.Select(static k => System.Text.Encoding.UTF8.GetBytes(k.Tag))];

    /// <summary>Gets the record for the tag at the current token; null when it is unknown.</summary>
    public TagCase<T>? Find(in Utf8JsonReader tag)
    {
        for (var i = 0; tag.TokenType == JsonTokenType.String && i < _utf8.Length; i++)
        {
            if (tag.ValueTextEquals(_utf8[i]))
            {
                return Known[i];
            }
        }

        return null;
    }

    /// <summary>Gets the union case of a record.</summary>
    /// <exception cref="NotSupportedException">The record is not a case of this union, such as one derived outside the library.</exception>
    public TagCase<T> Find(Type record) => Array.Find(Known, k => k.Record == record) ?? throw new NotSupportedException($"A {record.Name} cannot be sent: only the records of this library can.");
}

/// <summary>A tag and its record.</summary>
internal abstract record TagCase<T>(string Tag)
    where T : class
{
    public abstract Type Record { get; }

    public abstract T? Read(ref Utf8JsonReader reader, JsonSerializerOptions? options);

    public abstract void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions? options);
}

/// <summary>Reads and writes the record through its own converter: the serializer would first search for the end of each value, on every level of nesting.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Fast">The converter that needs no options; null for none.</param>
internal sealed record TagCase<T, TRecord>(string Tag, FastConverter<TRecord>? Fast = null) : TagCase<T>(Tag)
    where T : class
    where TRecord : WireObject, T
{
    // The converter for the options of the last call; every item, part and event needs it.
    private KnownConverter? _known;

    public override Type Record => typeof(TRecord);

    public override T? Read(ref Utf8JsonReader reader, JsonSerializerOptions? options) =>
        Fast is not null ? Fast.Read(ref reader) : Converter(options ??= WireJson.Context.Options).Read(ref reader, typeof(TRecord), options);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions? options) =>
        Converter(options ??= WireJson.Context.Options).Write(writer, (TRecord)value, options);

    private JsonConverter<TRecord> Converter(JsonSerializerOptions options)
    {
        var known = _known;
        if (known?.Options != options)
        {
            _known = known = new(options, (JsonConverter<TRecord>)options.GetTypeInfo<TRecord>().Converter);
        }

        return known.Converter;
    }

    private sealed record KnownConverter(JsonSerializerOptions Options, JsonConverter<TRecord> Converter);
}
