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

/// <summary>The service searches the web.</summary>
public sealed record WebSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "web_search";

    /// <summary>Only these hosts: at most 5, without scheme. Not together with <see cref="ExcludedDomains"/>.</summary>
    public IReadOnlyList<string>? AllowedDomains { get; init; }

    /// <summary>None of these hosts: at most 5, without scheme.</summary>
    public IReadOnlyList<string>? ExcludedDomains { get; init; }

    /// <summary>Whether images on pages are looked at.</summary>
    public bool? EnableImageUnderstanding { get; init; }

    /// <summary>Whether images are searched for.</summary>
    public bool? EnableImageSearch { get; init; }

    /// <summary>Where the user is. Sources disagree on whether the service takes it.</summary>
    public JsonElement? UserLocation { get; init; }
}

/// <summary>The service searches X.</summary>
public sealed record XSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "x_search";

    /// <summary>Only posts of these handles, without @. Not together with <see cref="ExcludedXHandles"/>.</summary>
    public IReadOnlyList<string>? AllowedXHandles { get; init; }

    /// <summary>No posts of these handles, without @.</summary>
    public IReadOnlyList<string>? ExcludedXHandles { get; init; }

    /// <summary>The first day, <c>YYYY-MM-DD</c>.</summary>
    public string? FromDate { get; init; }

    /// <summary>The last day, <c>YYYY-MM-DD</c>.</summary>
    public string? ToDate { get; init; }

    /// <summary>Whether images in posts are looked at.</summary>
    public bool? EnableImageUnderstanding { get; init; }

    /// <summary>Whether videos in posts are looked at.</summary>
    public bool? EnableVideoUnderstanding { get; init; }
}

/// <summary>The service runs Python, without a network.</summary>
public sealed record CodeInterpreterTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "code_interpreter";
}

/// <summary>The service searches collections of files.</summary>
public sealed record FileSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "file_search";

    /// <summary>The collections: 1 to 10.</summary>
    public IReadOnlyList<string>? VectorStoreIds { get; init; }

    /// <summary>The most hits.</summary>
    public int? MaxNumResults { get; init; }
}

/// <summary>The service calls tools of an MCP server. There is no approval: what it may call, it calls.</summary>
public sealed record McpTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "mcp";

    /// <summary>The server's address.</summary>
    public string? ServerUrl { get; init; }

    /// <summary>The server's label, which its calls carry.</summary>
    public string? ServerLabel { get; init; }

    /// <summary>What the server is for.</summary>
    public string? ServerDescription { get; init; }

    /// <summary>The tools that may be called; null for all of them.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    /// <summary>The Authorization header that the server gets.</summary>
    public string? Authorization { get; init; }

    /// <summary>Other headers that the server gets.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>The service makes images.</summary>
public sealed record ImageGenerationTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "image_generation";

    /// <summary><c>auto</c>, <c>generate</c> or <c>edit</c>.</summary>
    public string? Action { get; init; }
}

/// <summary>A tool of a type that this version of the library has no record for. Sent as it is.</summary>
/// <param name="Tag">Its <c>type</c>; empty when it had none.</param>
/// <param name="Json">The whole tool.</param>
public sealed record UnknownTool(string Tag, JsonElement Json) : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => Tag;
}

/// <summary>Which tool the model must or may call: a mode, one function, or an object that this library does not know.</summary>
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

    /// <summary>The type's name and no member: the object may hold anything.</summary>
    public override string ToString() => nameof(ToolChoice);
}
