using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Reads a union by its <c>type</c>, wherever that stands, and keeps what it does not know.
/// <c>[JsonPolymorphic]</c> wants the tag first and forgets an unknown one.
/// </summary>
internal sealed class TaggedConverter<T>(TagTable<T> table) : JsonConverter<T>
    where T : TaggedObject
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
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
                // A known tag on a shape we do not know: kept as it came rather than losing the whole answer over it. The last two are
                // what a reader throws at a token of another kind; the serializer, which is not asked here, makes the first of them.
                reader = start;
            }
        }

        return table.Unknown(tag.TokenType == JsonTokenType.String ? tag.GetString()! : "", JsonElement.ParseValue(ref reader));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (table.Json(value) is { } json)
        {
            // Undefined, it would throw here without a word of what it is; the members would be lost without one.
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

    /// <summary>Looks ahead on a copy of the reader, which is a struct; the original does not move.</summary>
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

            // Of a stream, the serializer reads a whole value before it asks us, yet calls it unfinished: then Skip throws.
            reader.TrySkip();
        }

        return reader;
    }
}

/// <summary>Which tag means which record of a union.</summary>
/// <param name="Known">The tags and their records. A few dozen at most: a scan over UTF-8 beats a dictionary of strings.</param>
/// <param name="Unknown">Wraps what no tag matches.</param>
/// <param name="Json">The wrapped JSON of an unknown one, or null.</param>
internal sealed record TagTable<T>(TagCase<T>[] Known, Func<string, JsonElement, T> Unknown, Func<T, JsonElement?> Json)
    where T : class
{
    private readonly byte[][] _utf8 = [.. Known.Select(static k => System.Text.Encoding.UTF8.GetBytes(k.Tag))];

    /// <summary>The record for the tag that the reader stands on, or null.</summary>
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

    /// <summary>The case of a record.</summary>
    /// <exception cref="NotSupportedException">It is none of this union's, such as a record that somebody else derived.</exception>
    public TagCase<T> Find(Type record) => Array.Find(Known, k => k.Record == record) ?? throw new NotSupportedException($"A {record.Name} cannot be sent: only the records of this library can.");
}

/// <summary>A tag and the record it means.</summary>
internal abstract record TagCase<T>(string Tag)
    where T : class
{
    public abstract Type Record { get; }

    public abstract T? Read(ref Utf8JsonReader reader, JsonSerializerOptions options);

    public abstract void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options);
}

/// <summary>Reads and writes the record through its own converter: the serializer would look for the end of each value first, on every level of what is nested.</summary>
internal sealed record TagCase<T, TRecord>(string Tag) : TagCase<T>(Tag)
    where T : class
    where TRecord : class, T
{
    public override Type Record => typeof(TRecord);

    public override T? Read(ref Utf8JsonReader reader, JsonSerializerOptions options) => Converter(options).Read(ref reader, typeof(TRecord), options);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => Converter(options).Write(writer, (TRecord)value, options);

    private static JsonConverter<TRecord> Converter(JsonSerializerOptions options) => (JsonConverter<TRecord>)options.GetTypeInfo<TRecord>().Converter;
}
