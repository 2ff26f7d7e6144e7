using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Converts a list of parts; a plain string is one text part.</summary>
internal sealed class ContentListConverter : JsonConverter<IReadOnlyList<ResponsePart>>
{
    private static readonly ListConverter<ResponsePart> List = new();

    public override IReadOnlyList<ResponsePart> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? [new InputTextPart(reader.GetString())] : List.Read(ref reader, typeToConvert, options);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ResponsePart> value, JsonSerializerOptions options) => List.Write(writer, value, options);
}
