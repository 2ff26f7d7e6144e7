using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// Keeps in a store what Microsoft.Extensions.AI's serializer leaves out of a content although it was sent: a raw item or part of the caller, the
/// exception of a function, and the types of the contents in a list that is declared for one type.
/// </summary>
internal static class KeptContents
{
    /// <summary>Extends the serializer's resolver; what it writes is read without it.</summary>
    public static IJsonTypeInfoResolver Extend(IJsonTypeInfoResolver resolver) => resolver.WithAddedModifier(Extend);

    private static void Extend(JsonTypeInfo type)
    {
        if (!typeof(AIContent).IsAssignableFrom(type.Type))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            if (property.Name == "additionalProperties")
            {
                property.Get = static content => Properties((AIContent)content);
            }
            else if (property.Name == "result" && type.Type == typeof(FunctionResultContent))
            {
                property.Get = static content => FunctionOutput.ToKept((FunctionResultContent)content);
            }
        }
    }

    private static AdditionalPropertiesDictionary? Properties(AIContent content) => content.RawRepresentation switch
    {
        // The properties of reasoning say by themselves what its item was.
        ResponseItem item when content is not TextReasoningContent => With(content.AdditionalProperties, GrokKeys.Content.Item, WireText.FromItem(item)),
        ResponsePart part => With(content.AdditionalProperties, GrokKeys.Content.Part, WireText.FromPart(part)),
        _ => content.AdditionalProperties,
    };

    private static AdditionalPropertiesDictionary With(AdditionalPropertiesDictionary? properties, string key, string text)
    {
        var all = properties?.Clone() ?? [];
        all.TryAdd(key, text);
        return all;
    }
}
