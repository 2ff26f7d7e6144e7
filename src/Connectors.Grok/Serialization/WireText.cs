using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Items as text, for where only text survives, and what text must be.</summary>
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

    /// <summary>Whether all text of some JSON can be had: its bytes are UTF-8, and its escapes make no half of a surrogate pair.</summary>
    public static bool IsUnicode(ReadOnlySpan<byte> json) =>
        Utf8.IsValid(json) && ((json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) || HasWholePairs(json));

    private static bool HasWholePairs(ReadOnlySpan<byte> json)
    {
        var isOpen = false;
        while (json.IndexOf((byte)'\\') is var at and >= 0)
        {
            json = json[at..];
            var unit = json.Length >= 6 && json[1] == 'u' && Utf8Parser.TryParse(json[2..6], out int parsed, out var used, 'x') && used == 4 ? parsed : 0;
            var isLow = unit is >= 0xDC00 and <= 0xDFFF;
            if (isLow != (isOpen && at == 0) || (isOpen && at > 0))
            {
                return false;
            }

            isOpen = unit is >= 0xD800 and <= 0xDBFF;
            json = json[Math.Min(unit > 0 ? 6 : 2, json.Length)..];
        }

        return !isOpen;
    }
}
