using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>A tool the model may call.</summary>
public abstract record ResponseTool : TaggedObject;

/// <summary>A function that the caller runs.</summary>
public sealed record FunctionTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "function";

    /// <summary>The name: 1 to 64 letters, digits, underscores and hyphens.</summary>
    public string? Name { get; init; }

    /// <summary>What the function does, for the model.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments: an object.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Accepted by the service and without effect: arguments always conform.</summary>
    public bool? Strict { get; init; }
}

/// <summary>A tool of a type that this version of the library has no record for. Sent as it is.</summary>
/// <param name="Tag">Its <c>type</c>; empty when it had none.</param>
/// <param name="Json">The whole tool.</param>
public sealed record UnknownTool(string Tag, JsonElement Json) : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => Tag;
}

/// <summary>Which tool the model must or may call: a mode, one function, or an object this library has no word for.</summary>
public sealed record ToolChoice
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new() { Mode = "auto" };

    /// <summary>No tool is called.</summary>
    public static ToolChoice None { get; } = new() { Mode = "none" };

    /// <summary>Some tool is called.</summary>
    public static ToolChoice Required { get; } = new() { Mode = "required" };

    /// <summary><c>auto</c>, <c>none</c> or <c>required</c>; null when a function is named.</summary>
    public string? Mode { get; init; }

    /// <summary>The one function to call.</summary>
    public string? FunctionName { get; init; }

    /// <summary>The object as it came or shall go, when it is none of the above.</summary>
    public JsonElement? Json { get; init; }
}
