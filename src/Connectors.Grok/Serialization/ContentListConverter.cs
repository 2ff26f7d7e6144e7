using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Converts a list of parts; a plain string is one text part.</summary>
internal sealed class ContentListConverter : JsonConverter<IReadOnlyList<ResponsePart>>
{
    public override IReadOnlyList<ResponsePart> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, options);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ResponsePart> value, JsonSerializerOptions options) => ListConverter<ResponsePart>.Write(writer, value, Unions.Parts, options);

    /// <summary>Reads a list.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="options">The options; null for those of <see cref="WireJson.Context"/>.</param>
    public static IReadOnlyList<ResponsePart> Read(ref Utf8JsonReader reader, JsonSerializerOptions? options) =>
        reader.TokenType == JsonTokenType.String ? [new InputTextPart(reader.GetString())] : ListConverter<ResponsePart>.Read(ref reader, Unions.Parts, options);
}
