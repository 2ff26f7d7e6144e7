using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Items as text, for where only text survives.</summary>
internal static class WireText
{
    public static string Of(ResponseItem item) => JsonSerializer.Serialize(item, WireJson.Context.ResponseItem);

    /// <summary>The item, or null when the text is no JSON.</summary>
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
