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

    /// <summary>The description of the function for the model.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments: an object.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Accepted by the service without effect: arguments always conform to the schema.</summary>
    public bool? Strict { get; init; }

    /// <summary>Whether only the name is in the prompt until <see cref="ToolSearchTool"/> loads the definition.</summary>
    public bool? DeferLoading { get; init; }
}

/// <summary>The hosted web search.</summary>
public sealed record WebSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "web_search";

    /// <summary>The allowed hosts: at most 5, without scheme. Not together with <see cref="ExcludedDomains"/>.</summary>
    public IReadOnlyList<string>? AllowedDomains { get; init; }

    /// <summary>The excluded hosts: at most 5, without scheme.</summary>
    public IReadOnlyList<string>? ExcludedDomains { get; init; }

    /// <summary>Whether the model sees images on pages.</summary>
    public bool? EnableImageUnderstanding { get; init; }

    /// <summary>Whether images are searched for.</summary>
    public bool? EnableImageSearch { get; init; }

    /// <summary>The location of the user. xAI's documentation is contradictory on whether the service accepts it.</summary>
    public JsonElement? UserLocation { get; init; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>. xAI's documentation is contradictory on whether the service accepts it.</summary>
    public string? SearchContextSize { get; init; }
}

/// <summary>The hosted search of X.</summary>
public sealed record XSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "x_search";

    /// <summary>The handles whose posts are searched, without @. Not together with <see cref="ExcludedXHandles"/>.</summary>
    public IReadOnlyList<string>? AllowedXHandles { get; init; }

    /// <summary>The handles whose posts are excluded, without @.</summary>
    public IReadOnlyList<string>? ExcludedXHandles { get; init; }

    /// <summary>The first day, <c>YYYY-MM-DD</c>.</summary>
    public string? FromDate { get; init; }

    /// <summary>The day after the last one, <c>YYYY-MM-DD</c>: the day itself is excluded.</summary>
    public string? ToDate { get; init; }

    /// <summary>Whether the model sees images in posts.</summary>
    public bool? EnableImageUnderstanding { get; init; }

    /// <summary>Whether the model sees videos in posts.</summary>
    public bool? EnableVideoUnderstanding { get; init; }
}

/// <summary>The hosted Python interpreter, without network access.</summary>
public sealed record CodeInterpreterTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "code_interpreter";
}

/// <summary>The hosted search of file collections.</summary>
public sealed record FileSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "file_search";

    /// <summary>The ids of the collections: 1 to 10.</summary>
    public IReadOnlyList<string>? VectorStoreIds { get; init; }

    /// <summary>The maximum number of hits.</summary>
    public int? MaxNumResults { get; init; }
}

/// <summary>Tools of an MCP server that the service calls. There is no approval: allowed tools are called without a request to the caller.</summary>
public sealed record McpTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "mcp";

    /// <summary>The server's address.</summary>
    public string? ServerUrl { get; init; }

    /// <summary>The label of the server, which its calls repeat.</summary>
    public string? ServerLabel { get; init; }

    /// <summary>The description of the server.</summary>
    public string? ServerDescription { get; init; }

    /// <summary>The allowed tools; null for all.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    /// <summary>The token for the server, without the word <c>Bearer</c>: the service sends it as a bearer token.</summary>
    public string? Authorization { get; init; }

    /// <summary>Other headers for the server.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Whether only the names of the server's tools are in the prompt until <see cref="ToolSearchTool"/> loads their definitions.</summary>
    public bool? DeferLoading { get; init; }
}

/// <summary>The hosted image generation.</summary>
public sealed record ImageGenerationTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "image_generation";

    /// <summary><c>auto</c>, <c>generate</c> or <c>edit</c>.</summary>
    public string? Action { get; init; }
}

/// <summary>The hosted search of tools, which loads the definitions of deferred functions and MCP tools when the model looks for them.</summary>
public sealed record ToolSearchTool : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => "tool_search";

    /// <summary><c>server</c>, the service's default.</summary>
    public string? Execution { get; init; }
}

/// <summary>A tool of a type unknown to this version of the library. It is sent unchanged.</summary>
/// <param name="Tag">The <c>type</c> member; empty when it is missing.</param>
/// <param name="Json">The complete tool.</param>
public sealed record UnknownTool(string Tag, JsonElement Json) : ResponseTool
{
    /// <inheritdoc/>
    public override string Type => Tag;
}

/// <summary>Which tool the model must or may call: a mode, one function, or an object of an unknown form.</summary>
public sealed record ToolChoice
{
    /// <summary>The model decides whether to call a tool.</summary>
    public static ToolChoice Auto { get; } = new() { Mode = "auto" };

    /// <summary>The model must not call a tool.</summary>
    public static ToolChoice None { get; } = new() { Mode = "none" };

    /// <summary>The model must call a tool.</summary>
    public static ToolChoice Required { get; } = new() { Mode = "required" };

    /// <summary><c>auto</c>, <c>none</c> or <c>required</c>; null when a function is named.</summary>
    public string? Mode { get; init; }

    /// <summary>The name of the function to call.</summary>
    public string? FunctionName { get; init; }

    /// <summary>The object to send or as received, when its form is unknown.</summary>
    public JsonElement? Json { get; init; }

    /// <summary>The type name without members, because the object may hold any content.</summary>
    /// <returns>The type name.</returns>
    public override string ToString() => nameof(ToolChoice);
}
