using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>Reads values of <c>AdditionalProperties</c>, as they were set or after a round trip through JSON.</summary>
internal static class AdditionalPropertiesExtensions
{
    /// <summary>Gets a text.</summary>
    public static string? GetText(this AdditionalPropertiesDictionary? properties, string key) =>
        properties is not null && properties.TryGetValue(key, out var value)
            ? value switch
            {
                string text => text,
                JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
                _ => null,
            }
            : null;

    /// <summary>Gets an integer.</summary>
    public static long? GetLong(this AdditionalPropertiesDictionary? properties, string key) =>
        properties is not null && properties.TryGetValue(key, out var value)
            ? value switch
            {
                long number => number,
                int number => number,
                JsonElement { ValueKind: JsonValueKind.Number } json when json.TryGetInt64(out var number) => number,
                _ => null,
            }
            : null;

    /// <summary>Gets the properties of a message.</summary>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    public static AdditionalPropertiesDictionary? PropertiesOf(this ChatMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties;
    }

    /// <summary>Gets the properties of an update.</summary>
    /// <exception cref="ArgumentNullException">The update is null.</exception>
    public static AdditionalPropertiesDictionary? PropertiesOf(this ChatResponseUpdate response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties;
    }

    /// <summary>Gets the text of a key from the last message that has it, otherwise from the answer itself.</summary>
    /// <exception cref="ArgumentNullException">The answer is null.</exception>
    public static string? LastText(this ChatResponse response, string key)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Messages.Reverse().Select(m => m.AdditionalProperties.GetText(key)).FirstOrDefault(static t => t is not null) ?? response.AdditionalProperties.GetText(key);
    }

    /// <summary>Gets a Boolean: a bool, JSON, or text as hosts read it from YAML.</summary>
    public static bool? GetBool(this IReadOnlyDictionary<string, object?>? properties, string key) =>
        properties is not null && properties.TryGetValue(key, out var value)
            ? value switch
            {
                bool flag => flag,
                JsonElement { ValueKind: JsonValueKind.True } => true,
                JsonElement { ValueKind: JsonValueKind.False } => false,
                JsonElement { ValueKind: JsonValueKind.String } json when bool.TryParse(json.GetString(), out var flag) => flag,
                string text when bool.TryParse(text, out var flag) => flag,
                _ => null,
            }
            : null;
}
