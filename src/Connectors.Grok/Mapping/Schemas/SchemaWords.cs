namespace Connectors.Grok.Mapping.Schemas;

/// <summary>The keywords of JSON Schema that hold schemas.</summary>
internal static class SchemaWords
{
    /// <summary>Gets the kind of value that a keyword holds.</summary>
    public static SchemaHolding Holding(string keyword) => keyword switch
    {
        "properties" or "patternProperties" or "$defs" or "definitions" or "dependentSchemas" => SchemaHolding.Named,
        "anyOf" or "oneOf" or "allOf" or "prefixItems" => SchemaHolding.Listed,
        "items" => SchemaHolding.OneOrListed,
        "contains" or "not" or "if" or "then" or "else" or "propertyNames" => SchemaHolding.One,
        "additionalProperties" or "additionalItems" or "unevaluatedProperties" or "unevaluatedItems" => SchemaHolding.OneOrFlag,
        _ => SchemaHolding.Nothing,
    };

    /// <summary>Whether the service rejects the keyword when its array is empty.</summary>
    public static bool IsRefusedEmpty(string keyword) => keyword is "enum" or "anyOf" or "oneOf" or "allOf";

    /// <summary>Whether the service rejects the keyword, or it is not a keyword (Semantic Kernel puts <c>condition</c> at the root).</summary>
    public static bool IsRefused(string keyword, bool isRoot) =>
        keyword is "$schema" or "minContains" or "maxContains" || (isRoot && keyword == "condition");
}

/// <summary>The kind of value that a keyword holds.</summary>
internal enum SchemaHolding
{
    /// <summary>No schema; the value is not changed.</summary>
    Nothing,

    /// <summary>One schema.</summary>
    One,

    /// <summary>One schema, or a Boolean schema that the service accepts.</summary>
    OneOrFlag,

    /// <summary>One schema, or an array of schemas by position, as in drafts before 2020-12.</summary>
    OneOrListed,

    /// <summary>An array of schemas.</summary>
    Listed,

    /// <summary>An object whose members are schemas.</summary>
    Named,
}
