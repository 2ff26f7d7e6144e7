using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks JSON schemas of answers and of function parameters (docs/wire.md#request-members).</summary>
internal static class SchemaRules
{
    /// <summary>The JSON types that the value of a keyword may have. The built-in model relies on them when it fills a schema.</summary>
    private static readonly Dictionary<string, JsonValueKind[]> Kinds = new()
    {
        ["type"] = [JsonValueKind.String, JsonValueKind.Array],
        ["enum"] = [JsonValueKind.Array],
        ["anyOf"] = [JsonValueKind.Array],
        ["oneOf"] = [JsonValueKind.Array],
        ["allOf"] = [JsonValueKind.Array],
        ["prefixItems"] = [JsonValueKind.Array],
        ["required"] = [JsonValueKind.Array],
        ["properties"] = [JsonValueKind.Object],
        ["format"] = [JsonValueKind.String],
        ["$ref"] = [JsonValueKind.String],
        ["minLength"] = [JsonValueKind.Number],
        ["maxLength"] = [JsonValueKind.Number],
        ["minItems"] = [JsonValueKind.Number],
        ["maxItems"] = [JsonValueKind.Number],
    };

    public static void CheckParameters(JsonElement parameters, string function)
    {
        var branches = parameters.Array("anyOf").Concat(parameters.Array("oneOf")).ToList();
        var isObject = branches.Count > 0
            ? branches.TrueForAll(IsTypedObject)
            : IsTypedObject(parameters) || (!parameters.TryGetProperty("type", out _) && parameters.TryGetProperty("properties", out _));
        if (!isObject)
        {
            throw ApiException.InvalidArgument($"Invalid parameters of function {function}: the tool parameter root must be an object type.");
        }

        Check(parameters, $"function {function}");
    }

    public static void Check(JsonElement schema, string location)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var (keyword, kinds) in Kinds)
        {
            if (schema.TryGetProperty(keyword, out var value) && !kinds.Contains(value.ValueKind))
            {
                throw Invalid(location, $"`{keyword}` has a value of the wrong type");
            }
        }

        foreach (var keyword in (string[])["enum", "anyOf"])
        {
            if (schema.TryGetProperty(keyword, out var list) && list.GetArrayLength() == 0)
            {
                throw Invalid(location, $"`{keyword}` must not be empty");
            }
        }

        foreach (var keyword in (string[])["minContains", "maxContains"])
        {
            if (schema.TryGetProperty(keyword, out _))
            {
                throw Invalid(location, $"`{keyword}` is not supported");
            }
        }

        if (schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
        {
            throw Invalid(location, "`items` must be a schema; use `prefixItems` for tuples");
        }

        CheckProperties(schema, location);
        CheckNested(schema, location);
    }

    private static void CheckProperties(JsonElement schema, string location)
    {
        if (!schema.TryGetProperty("properties", out var properties))
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                throw Invalid(location, $"the schema of property `{property.Name}` must not be a boolean");
            }

            Check(property.Value, location);
        }
    }

    private static void CheckNested(JsonElement schema, string location)
    {
        foreach (var keyword in (string[])["anyOf", "oneOf", "allOf", "prefixItems"])
        {
            if (schema.TryGetProperty(keyword, out var list))
            {
                foreach (var branch in list.EnumerateArray())
                {
                    Check(branch, location);
                }
            }
        }

        if (schema.TryGetProperty("items", out var items))
        {
            Check(items, location);
        }

        foreach (var keyword in (string[])["$defs", "definitions"])
        {
            if (schema.TryGetProperty(keyword, out var definitions) && definitions.ValueKind == JsonValueKind.Object)
            {
                foreach (var definition in definitions.EnumerateObject())
                {
                    Check(definition.Value, location);
                }
            }
        }
    }

    /// <summary>Whether the schema has the type object itself. The service does not follow references and choices, and does not conclude it from other keywords.</summary>
    private static bool IsTypedObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "object";

    private static ApiException Invalid(string location, string problem) => ApiException.InvalidArgument($"Invalid schema in {location}: {problem}.");
}
