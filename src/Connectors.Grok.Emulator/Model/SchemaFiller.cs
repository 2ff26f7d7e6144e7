using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Generates JSON that matches a schema, with values from hints where there are any. Used for the arguments of calls and for structured output.</summary>
internal sealed class SchemaFiller(Hints hints, JsonElement root, bool fillsOptional)
{
    private const int MaxDepth = 12;

    // The limits that xAI enforces (docs/wire.md#request-members). They also bound the memory that a schema can use.
    private const int MaxItems = 256;
    private const int MaxTextLength = 2048;
    private const int MaxValues = 4096;

    private int _values;

    public string Fill()
    {
        var value = Value(root, "", depth: 0) ?? new JsonObject();
        return System.Text.Encoding.UTF8.GetString(Json.Write(writer => value.WriteTo(writer)));
    }

    private JsonNode? Value(JsonElement schema, string property, int depth)
    {
        schema = Resolve(schema);
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth || ++_values > MaxValues)
        {
            return null;
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            return JsonNode.Parse(constant.GetRawText());
        }

        if (schema.TryGetProperty("enum", out var choices) && choices.GetArrayLength() > 0)
        {
            return Choice(choices);
        }

        foreach (var keyword in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(keyword, out var branches) && branches.GetArrayLength() > 0)
            {
                return Value(branches.EnumerateArray().FirstOrDefault(branch => TypeOf(Resolve(branch)) != "null", branches[0]), property, depth + 1);
            }
        }

        return TypeOf(schema) switch
        {
            "object" => Object(schema, depth),
            "array" => Array(schema, property, depth),
            "integer" => Number(schema, whole: true),
            "number" => Number(schema, whole: false),
            "boolean" => JsonValue.Create(!hints.SaysNo),
            "null" => null,
            _ => JsonValue.Create(Text(schema, property)),
        };
    }

    private JsonObject Object(JsonElement schema, int depth)
    {
        var result = new JsonObject();
        if (!schema.TryGetProperty("properties", out var properties))
        {
            return result;
        }

        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet()
            : [];
        foreach (var property in properties.EnumerateObject())
        {
            if (required.Contains(property.Name) || fillsOptional || IsHinted(Resolve(property.Value), property.Name))
            {
                result[property.Name] = Value(property.Value, property.Name, depth + 1);
            }
        }

        return result;
    }

    private JsonArray Array(JsonElement schema, string property, int depth)
    {
        var result = new JsonArray();
        if (schema.TryGetProperty("prefixItems", out var tuple))
        {
            foreach (var item in tuple.EnumerateArray())
            {
                result.Add(Value(item, property, depth + 1));
            }

            return result;
        }

        var count = Math.Max(1, Limit(schema, "minItems") ?? 1);
        if (Limit(schema, "maxItems") is { } most)
        {
            count = Math.Min(count, most);
        }

        for (var index = 0; index < Math.Min(count, MaxItems) && _values <= MaxValues; index++)
        {
            result.Add(schema.TryGetProperty("items", out var items) ? Value(items, property, depth + 1) : JsonValue.Create(hints.Answer));
        }

        return result;
    }

    private JsonNode? Choice(JsonElement choices)
    {
        foreach (var choice in choices.EnumerateArray())
        {
            if (choice.ValueKind == JsonValueKind.String && hints.Mentions(choice.GetString()!))
            {
                return JsonValue.Create(choice.GetString());
            }
        }

        return JsonNode.Parse(choices[0].GetRawText());
    }

    private JsonValue Number(JsonElement schema, bool whole)
    {
        var value = (fillsOptional ? hints.Sum : null) ?? hints.NextNumber ?? 1;
        if (Bound(schema, "minimum") is { } minimum && value < minimum)
        {
            value = whole ? Math.Ceiling(minimum) : minimum;
        }

        if (Bound(schema, "exclusiveMinimum") is { } above && value <= above)
        {
            value = Math.Floor(above) + 1;
        }

        if (Bound(schema, "maximum") is { } maximum && value > maximum)
        {
            value = whole ? Math.Floor(maximum) : maximum;
        }

        if (Bound(schema, "exclusiveMaximum") is { } below && value >= below)
        {
            value = Math.Ceiling(below) - 1;
        }

        value = Math.Clamp(whole ? Math.Truncate(value) : value, long.MinValue, long.MaxValue);
        return whole || value == Math.Truncate(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
    }

    private string Text(JsonElement schema, string property)
    {
        if (schema.TryGetProperty("format", out var format) && Formatted(format.GetString()) is { } formatted)
        {
            return formatted;
        }

        var text = hints.TextFor(property) ?? (fillsOptional ? hints.Answer : hints.Question);
        if (Limit(schema, "maxLength") is { } longest && text.Length > longest)
        {
            text = text[..longest];
        }

        return Limit(schema, "minLength") is { } shortest ? text.PadRight(Math.Min(shortest, MaxTextLength), '.') : text;
    }

    private static string? Formatted(string? format) => format switch
    {
        "date" => "2026-10-01",
        "time" => "12:00:00Z",
        "date-time" => "2026-10-01T12:00:00Z",
        "email" => "someone@example.com",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "ipv4" => "127.0.0.1",
        "ipv6" => "::1",
        "uri" => "https://example.com/",
        _ => null,
    };

    private bool IsHinted(JsonElement schema, string property)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (schema.TryGetProperty("enum", out var choices))
        {
            return choices.EnumerateArray().Any(choice => choice.ValueKind == JsonValueKind.String && hints.Mentions(choice.GetString()!));
        }

        return hints.MentionsProperty(property) || (TypeOf(schema) == "string" && Hints.IsPlace(property) && hints.KnowsPlace);
    }

    private JsonElement Resolve(JsonElement schema)
    {
        for (var hop = 0; hop < MaxDepth && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference); hop++)
        {
            var target = root;
            foreach (var step in reference.GetString()!.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!target.TryGetProperty(step, out target))
                {
                    return default;
                }
            }

            schema = target;
        }

        return schema;
    }

    private static string? TypeOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? "object" : schema.TryGetProperty("items", out _) ? "array" : null;
        }

        return type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(name => name.GetString()).FirstOrDefault(name => name != "null")
            : type.GetString();
    }

    private static int? Limit(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var limit) && limit.TryGetInt32(out var value) ? value : null;

    private static decimal? Bound(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var bound) && bound.ValueKind == JsonValueKind.Number && bound.TryGetDecimal(out var value) ? value : null;
}
