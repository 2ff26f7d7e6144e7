using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>
/// Maps JSON schemas to schemas that xAI accepts. The caller's schemas are never changed, and a valid schema
/// is returned as the same element. Each tool and each format is converted once.
/// </summary>
internal static class SchemaMapper
{
    private const int LongestName = 64;

    private static readonly ConditionalWeakTable<AIFunctionDeclaration, Mapped> Functions = [];
    private static readonly ConditionalWeakTable<ChatResponseFormatJson, Mapped> Formats = [];
    private static readonly ConditionalWeakTable<ChatResponseFormatJson, Mapped> StrictFormats = [];

    /// <summary>Maps the parameters of a function: an object schema, or a choice of object schemas.</summary>
    /// <exception cref="ArgumentException">The function's name is invalid, or its parameters are not an object schema.</exception>
    public static JsonElement ToParameters(AIFunctionDeclaration function)
    {
        if (function.Name is not { Length: > 0 and <= LongestName } || !function.Name.All(IsOfName))
        {
            throw new ArgumentException(
                $"The function '{function.Name}' cannot be offered under its name: xAI accepts 1 to {LongestName} letters, digits, underscores and hyphens (A-Z, a-z).",
                nameof(function));
        }

        return Once(Functions, function, function.JsonSchema, schema => Parameters(schema, function));
    }

    /// <summary>Maps the schema of a response format.</summary>
    /// <param name="format">The format; results are cached by this object.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="isStrict">Whether every property is required and others are forbidden.</param>
    public static JsonElement ToFormat(ChatResponseFormatJson format, JsonElement schema, bool isStrict) =>
        Once(isStrict ? StrictFormats : Formats, format, schema, s => ToFormat(s, isStrict));

    /// <summary>Maps the schema of a response format that has no format object.</summary>
    /// <exception cref="ArgumentException">The schema is not a JSON object.</exception>
    public static JsonElement ToFormat(JsonElement schema, bool isStrict)
    {
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True))
        {
            throw new ArgumentException($"The schema of a response format must be a JSON object; this is {schema.ValueKind}.", nameof(schema));
        }

        var plain = SchemaNormalizer.Normalize(schema);
        return isStrict ? StrictSchema.FromNormalized(plain) : plain;
    }

    /// <summary>Converts a name to one that the service accepts.</summary>
    public static string LegalName(string name) =>
        string.Concat(name.Select(static c => IsOfName(c) ? c : '_')) is var legal && legal.Length > LongestName ? legal[..LongestName] : legal;

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static JsonElement Parameters(JsonElement schema, AIFunctionDeclaration function) => SchemaNormalizer.NormalizeObject(schema)
        ?? throw new ArgumentException(
            $"The function '{function.Name}' cannot be offered: the schema of its parameters is neither an object nor a choice (anyOf, oneOf) of objects. Wrap it in an object.",
            nameof(function));

    private static JsonElement Once<T>(ConditionalWeakTable<T, Mapped> known, T owner, JsonElement source, Func<JsonElement, JsonElement> map)
        where T : class
    {
        // A tool may return another schema than before; a stale one would be wrong silently.
        if (!known.TryGetValue(owner, out var mapped) || !EqualityComparer<JsonElement>.Default.Equals(mapped.Source, source))
        {
            mapped = new Mapped(source, map(source));
            known.AddOrUpdate(owner, mapped);
        }

        return mapped.Result;
    }

    private sealed record Mapped(JsonElement Source, JsonElement Result);
}
