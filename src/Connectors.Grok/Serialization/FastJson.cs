using System.Text.Encodings.Web;
using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Reads and writes what a plain call receives and sends, without the serializer, whose options and metadata take a fresh process longer than everything else that the
/// library does in its first call. What has another form is left to the serializer.
/// </summary>
internal static class FastJson
{
    public static readonly FastRequestConverter Request = new(static () => WireJson.Lenient.CreateResponseRequest);
    public static readonly FastResponseConverter Response = new(static () => WireJson.Lenient.GrokResponse);
    public static readonly FastReasoningConverter Reasoning = new(static () => WireJson.Lenient.ReasoningConfig);
    public static readonly FastInputTokensConverter InputTokens = new(static () => WireJson.Lenient.InputTokensDetails);
    public static readonly FastOutputTokensConverter OutputTokens = new(static () => WireJson.Lenient.OutputTokensDetails);
    public static readonly FastUsageConverter Usage = new(static () => WireJson.Lenient.ResponseUsage);
    public static readonly FastLifecycleConverter Lifecycle = new(static () => WireJson.Lenient.LifecycleEvent);
    public static readonly FastOutputItemConverter OutputItem = new(static () => WireJson.Lenient.OutputItemEvent);
    public static readonly FastMessageConverter Message = new(static () => WireJson.Lenient.MessageItem);
    public static readonly FastOutputTextConverter OutputText = new(static () => WireJson.Lenient.OutputTextPart);

    /// <summary>Base64 and non-Latin text are not escaped: the JSON is shorter, and blobs stay comparable byte by byte.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Reads an event.</summary>
    /// <param name="json">The JSON; valid UTF-8.</param>
    /// <exception cref="JsonException">It is malformed.</exception>
    public static ResponseEvent? ReadEvent(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            var read = reader.TokenType == JsonTokenType.Null ? null : Unions.Events.Read(ref reader, options: null);
            // Throws if data follows.
            reader.Read();
            return read;
        }
        catch (InvalidOperationException e)
        {
            // A text that is not valid Unicode. The serializer converts it as well.
            throw new JsonException(e.Message, e);
        }
    }
}
