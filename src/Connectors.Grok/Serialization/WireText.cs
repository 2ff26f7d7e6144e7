using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Items and parts as JSON text, for where only text survives.</summary>
internal static class WireText
{
    public static string FromItem(ResponseItem item) => JsonSerializer.Serialize(item, WireJson.Context.ResponseItem);

    public static string FromPart(ResponsePart part) => JsonSerializer.Serialize(part, WireJson.Context.ResponsePart);

    /// <summary>The item, or null when the text is no JSON.</summary>
    public static ResponseItem? ToItem(string text) => Read(text, WireJson.Context.ResponseItem);

    /// <summary>The part, or null when the text is no JSON.</summary>
    public static ResponsePart? ToPart(string text) => Read(text, WireJson.Context.ResponsePart);

    private static T? Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
