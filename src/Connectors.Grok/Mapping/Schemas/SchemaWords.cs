namespace Connectors.Grok.Mapping.Schemas;

/// <summary>Which keywords of JSON Schema hold schemas, and how.</summary>
internal static class SchemaWords
{
    /// <summary>What a keyword holds.</summary>
    public static SchemaHolding Holding(string keyword) => keyword switch
    {
        "properties" or "patternProperties" or "$defs" or "definitions" or "dependentSchemas" => SchemaHolding.Named,
        "anyOf" or "oneOf" or "allOf" or "prefixItems" => SchemaHolding.Listed,
        "items" => SchemaHolding.OneOrListed,
        "contains" or "not" or "if" or "then" or "else" or "propertyNames" => SchemaHolding.One,
        "additionalProperties" or "additionalItems" or "unevaluatedProperties" or "unevaluatedItems" => SchemaHolding.OneOrFlag,
        _ => SchemaHolding.Nothing,
    };

    /// <summary>Whether the service refuses the keyword when its array is empty.</summary>
    public static bool IsRefusedEmpty(string keyword) => keyword is "enum" or "anyOf" or "oneOf" or "allOf";

    /// <summary>Whether the service refuses the keyword, or it is none (Semantic Kernel puts <c>condition</c> at the root).</summary>
    public static bool IsRefused(string keyword, bool isRoot) =>
        keyword is "$schema" or "minContains" or "maxContains" || (isRoot && keyword == "condition");
}

/// <summary>How a keyword holds schemas.</summary>
internal enum SchemaHolding
{
    /// <summary>It holds no schema; its value is nobody's business.</summary>
    Nothing,

    /// <summary>One schema.</summary>
    One,

    /// <summary>One schema, or a boolean that is meant as one and understood by the service.</summary>
    OneOrFlag,

    /// <summary>One schema, or as drafts before 2020-12 have it, an array of them by position.</summary>
    OneOrListed,

    /// <summary>An array of schemas.</summary>
    Listed,

    /// <summary>An object whose members are schemas.</summary>
    Named,
}
