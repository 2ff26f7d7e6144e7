using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>Response formats → wire.</summary>
internal static class FormatMapper
{
    public static TextOptions? ToText(ChatOptions? options) => options?.ResponseFormat switch
    {
        ChatResponseFormatText => new() { Format = new() { Type = "text" } },
        ChatResponseFormatJson { Schema: { } schema } json => new()
        {
            Format = new()
            {
                Type = "json_schema",
                Name = json.SchemaName ?? "answer",
                Description = json.SchemaDescription,
                Schema = schema,
                Strict = options.AdditionalProperties.GetBool(GrokKeys.Strict),
            },
        },
        ChatResponseFormatJson => new() { Format = new() { Type = "json_object" } },
        _ => null,
    };
}
