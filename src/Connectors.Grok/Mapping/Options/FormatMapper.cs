using System.Text.Json;
using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Response formats → wire, from Microsoft.Extensions.AI's words and from those of two generations of APIs.</summary>
internal static class FormatMapper
{
    private const string DefaultName = "answer";

    /// <summary>The format of these options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isStrict">Whether the schema is made strict; null says nothing of it.</param>
    /// <exception cref="ArgumentException">The schema is no JSON object.</exception>
    public static TextConfig? ToText(ChatOptions options, bool? isStrict) => ToFormat(options.ResponseFormat, isStrict) is { } format ? new() { Format = format } : null;

    /// <summary>The format that the keys name: <c>text.format</c> as in the Responses API, else <c>response_format</c> as in chat completions.</summary>
    /// <exception cref="ArgumentException">It cannot be read.</exception>
    public static TextConfig? ToText(LenientReader from)
    {
        var isStrict = from.Bool(GrokKeys.Request.Strict);
        if (from.Object(GrokKeys.Request.Text) is { } text && text.TryGetProperty("format", out var inner))
        {
            return new() { Format = ToFormat(inner, isStrict, GrokKeys.Request.Text) };
        }

        if (from.Raw(GrokKeys.Request.ResponseFormat) is ChatResponseFormat typed)
        {
            return new() { Format = ToFormat(typed, isStrict) };
        }

        return from.Any(GrokKeys.Request.ResponseFormat) is { } given ? new() { Format = ToFormat(given, isStrict, GrokKeys.Request.ResponseFormat) } : null;
    }

    private static TextFormat? ToFormat(ChatResponseFormat? format, bool? isStrict) => format switch
    {
        ChatResponseFormatText => new() { Type = "text" },
        // Semantic Kernel hands over as a schema whatever JSON it was given, also a whole format.
        ChatResponseFormatJson { Schema: { } schema } when TypeOf(schema) is "json_schema" or "json_object" => ToFormat(schema, isStrict, GrokKeys.Request.ResponseFormat),
        ChatResponseFormatJson { Schema: { } schema } json =>
            ToFormat(json.SchemaName, json.SchemaDescription, SchemaMapper.ToFormat(json, schema, isStrict == true), isStrict),
        ChatResponseFormatJson => new() { Type = "json_object" },
        _ => null,
    };

    /// <summary>A name of a format, a format, or a bare schema.</summary>
    private static TextFormat ToFormat(JsonElement json, bool? isStrict, string key)
    {
        switch (json.ValueKind == JsonValueKind.String ? json.GetString() : TypeOf(json))
        {
            case "text":
                return new() { Type = "text" };
            case "json_object":
                return new() { Type = "json_object" };
            case "json_schema" when json.ValueKind == JsonValueKind.Object:
                // Chat completions wrap name and schema once more.
                var owner = json.TryGetProperty("json_schema", out var wrapped) && wrapped.ValueKind == JsonValueKind.Object ? wrapped : json;
                var members = LenientReader.Of(owner, key);
                var strict = members.Bool("strict") ?? isStrict;
                var schema = members.Object("schema") ?? throw LenientReader.Wrong(key, "is a json_schema without a schema");
                return ToFormat(members.Text("name"), members.Text("description"), SchemaMapper.ToFormat(schema, strict == true), strict);
            case var _ when json.ValueKind == JsonValueKind.Object:
                return ToFormat(null, null, SchemaMapper.ToFormat(json, isStrict == true), isStrict);
            default:
                throw LenientReader.Wrong(key, "is none of text, json_object and a schema");
        }
    }

    private static TextFormat ToFormat(string? name, string? description, JsonElement schema, bool? isStrict) => new()
    {
        Type = "json_schema",
        Name = string.IsNullOrWhiteSpace(name) ? DefaultName : SchemaMapper.LegalName(name),
        Description = description,
        Schema = schema,
        Strict = isStrict,
    };

    private static string? TypeOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
}
