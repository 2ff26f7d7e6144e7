using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>A conversation of 200 messages with texts, images, calls and results, and its tools.</summary>
internal sealed class LongHistory
{
    private const string Schema = """
        {"type":"object","properties":{"city":{"type":"string","description":"The city."},"days":{"type":"integer","description":"How many days."}},"required":["city"],"additionalProperties":false}
        """;

    // What the client derives from the first message and its key.
    private const string CacheKey = "27dd23dba7a2f0213061356a4f293d3a";

    public static readonly byte[] PngStart = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly JsonElement Parameters = JsonElement.Parse(Schema);

    public LongHistory(int messages)
    {
        Messages = [.. Enumerable.Range(0, messages).Select(Message)];
        Options = new ChatOptions { Tools = [.. Enumerable.Range(0, 5).Select(static i => AIFunctionFactory.CreateDeclaration($"tool_{i}", "Looks something up.", Parameters))] };
    }

    public List<ChatMessage> Messages { get; }

    public ChatOptions Options { get; }

    /// <summary>Writes by hand the same bytes as the request of the client.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, GrokChatClientOptions.DefaultModel);
        json.WriteStartArray("input"u8);
        foreach (var message in Messages)
        {
            Write(json, message);
        }

        json.WriteEndArray();
        json.WriteBoolean("store"u8, false);
        json.WriteBoolean("stream"u8, true);
        json.WriteStartArray("include"u8);
        json.WriteStringValue("reasoning.encrypted_content"u8);
        json.WriteEndArray();
        json.WriteStartArray("tools"u8);
        foreach (var tool in Options.Tools!.Cast<AIFunctionDeclaration>())
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description);
            json.WritePropertyName("parameters"u8);
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("prompt_cache_key"u8, CacheKey);
        json.WriteEndObject();
    }

    public static JsonWriterOptions WriterOptions => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static void Write(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        switch (message.Contents[0])
        {
            case FunctionCallContent call:
                json.WriteString("type"u8, "function_call"u8);
                json.WriteString("call_id"u8, call.CallId);
                json.WriteString("name"u8, call.Name);
                json.WriteString("arguments"u8, $$"""{"city":"{{call.Arguments!["city"]}}"}""");
                break;
            case FunctionResultContent result:
                json.WriteString("type"u8, "function_call_output"u8);
                json.WriteString("call_id"u8, result.CallId);
                json.WriteString("output"u8, (string)result.Result!);
                break;
            default:
                json.WriteString("type"u8, "message"u8);
                json.WriteString("role"u8, message.Role.Value);
                json.WriteStartArray("content"u8);
                foreach (var content in message.Contents)
                {
                    Write(json, content, message.Role == ChatRole.User);
                }

                json.WriteEndArray();
                break;
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AIContent content, bool isInput)
    {
        json.WriteStartObject();
        if (content is DataContent image)
        {
            json.WriteString("type"u8, "input_image"u8);
            json.WriteString("image_url"u8, image.Uri);
        }
        else
        {
            json.WriteString("type"u8, isInput ? "input_text"u8 : "output_text"u8);
            json.WriteString("text"u8, ((TextContent)content).Text);
        }

        json.WriteEndObject();
    }

    private static ChatMessage Message(int index) => (index % 20) switch
    {
        4 => new(ChatRole.User, [new DataContent((byte[])[.. PngStart, .. Payloads.Noise(6000)], "image/png"), new TextContent("What is in this picture?")]),
        10 => new(ChatRole.Assistant, [new FunctionCallContent($"call_{index}", "tool_1", new Dictionary<string, object?> { ["city"] = "Oslo" })]),
        11 => new(ChatRole.Tool, [new FunctionResultContent($"call_{index - 1}", "Rain, 4 degrees, wind from the west.")]),
        _ => new(index % 2 == 0 ? ChatRole.User : ChatRole.Assistant, Payloads.Text(80 + (index % 7 * 10))),
    };
}
