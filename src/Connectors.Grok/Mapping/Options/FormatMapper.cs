using System.Text.Json;
using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Maps response formats to the wire, from those of Microsoft.Extensions.AI and from the keys of two API generations.</summary>
internal static class FormatMapper
{
    private const string DefaultName = "answer";

    /// <summary>Maps the format of options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isStrict">Whether the schema is made strict; null when unset.</param>
    /// <exception cref="ArgumentException">The schema is not a JSON object.</exception>
    public static TextConfig? ToText(ChatOptions options, bool? isStrict) => ToFormat(options.ResponseFormat, isStrict) is { } format ? new() { Format = format } : null;

    /// <summary>Reads the format of the keys: <c>text.format</c> as in the Responses API, else <c>response_format</c> as in chat completions.</summary>
    /// <exception cref="ArgumentException">The format cannot be read.</exception>
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
        // Semantic Kernel passes any JSON as a schema, including a complete format.
        ChatResponseFormatJson { Schema: { } schema } when TypeOf(schema) is "json_schema" or "json_object" => ToFormat(schema, isStrict, GrokKeys.Request.ResponseFormat),
        ChatResponseFormatJson { Schema: { } schema } json =>
            ToFormat(json.SchemaName, json.SchemaDescription, SchemaMapper.ToFormat(json, schema, isStrict == true), isStrict),
        ChatResponseFormatJson => new() { Type = "json_object" },
        _ => null,
    };

    /// <summary>Reads the name of a format, a format, or a bare schema.</summary>
    private static TextFormat ToFormat(JsonElement json, bool? isStrict, string key)
    {
        switch (json.ValueKind == JsonValueKind.String ? json.GetString() : TypeOf(json))
        {
            case "text":
                return new() { Type = "text" };
            case "json_object":
                return new() { Type = "json_object" };
            case "json_schema" when json.ValueKind == JsonValueKind.Object:
                // Chat completions nest name and schema one level deeper.
                var owner = json.TryGetProperty("json_schema", out var wrapped) && wrapped.ValueKind == JsonValueKind.Object ? wrapped : json;
                var members = LenientReader.FromJson(owner, key);
                var strict = members.Bool("strict") ?? isStrict;
                var schema = members.Object("schema") ?? throw LenientReader.Wrong(key, "is a json_schema without a schema");
                return ToFormat(members.Text("name"), members.Text("description"), SchemaMapper.ToFormat(schema, strict == true), strict);
            case var _ when json.ValueKind == JsonValueKind.Object:
                return ToFormat(null, null, SchemaMapper.ToFormat(json, isStrict == true), isStrict);
            default:
                throw LenientReader.Wrong(key, "is neither text, json_object nor a schema");
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
