using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes the response to a compaction (docs/wire.md#compaction).</summary>
internal static class CompactionWriter
{
    public static byte[] ToJson(string id, string model, long createdAt, string blob, (int Input, int Cached, int Output) tokens, int dropped) => Json.WriteObject(writer =>
    {
        writer.WriteString("id", $"cmp_{id}");
        writer.WriteString("object", "response.compaction");
        writer.WriteNumber("created_at", createdAt);
        writer.WriteString("model", model);
        writer.WriteStartArray("output");
        writer.WriteStartObject();
        writer.WriteString("type", "compaction");
        writer.WriteString("id", $"cmp_{id}");
        writer.WriteString("encrypted_content", blob);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", tokens.Input);
        writer.WriteStartObject("input_tokens_details");
        writer.WriteNumber("cached_tokens", tokens.Cached);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens", tokens.Output);
        writer.WriteStartObject("output_tokens_details");
        writer.WriteNumber("reasoning_tokens", 0);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens", tokens.Input + tokens.Output);
        writer.WriteNumber("dropped_message_count", dropped);
        writer.WriteEndObject();
    });
}
