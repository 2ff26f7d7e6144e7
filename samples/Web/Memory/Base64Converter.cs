using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Web.Memory;

/// <summary>Reads base64 into arrays of its own. The serializer decodes it in an array of the shared pool, which keeps that: some MiB for each thread and size of images.</summary>
internal sealed class Base64Converter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("Base64 is a string.");
        }

        var bytes = new byte[reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length];
        var length = reader.CopyString(bytes);
        if (Base64.DecodeFromUtf8InPlace(bytes.AsSpan(0, length), out var written) != OperationStatus.Done)
        {
            throw new JsonException("A string is not base64.");
        }

        return bytes[..written];
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value);
}
