using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Converts items to and from text, for properties that hold only text.</summary>
internal static class WireText
{
    public static string From(ResponseItem item) => JsonSerializer.Serialize(item, WireJson.Context.ResponseItem);

    /// <summary>Parses an item; null when the text is not valid JSON.</summary>
    public static ResponseItem? ToItem(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WireJson.Context.ResponseItem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
