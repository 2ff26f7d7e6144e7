using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>An item of a tool that the service ran by itself. The caller does not answer it.</summary>
public abstract record HostedItem : ResponseItem;

/// <summary>A search of the web, or the opening of a page.</summary>
public sealed record WebSearchCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "web_search_call";

    /// <summary>The action; may be missing, and has query and sources only if <c>include</c> asked for them.</summary>
    public WebSearchAction? Action { get; init; }
}

/// <summary>The action of a web search call.</summary>
public sealed record WebSearchAction : WireObject
{
    /// <summary><c>search</c>, <c>open_page</c> or <c>find_in_page</c>; <c>find</c> in older answers.</summary>
    public string? Type { get; init; }

    /// <summary>The query of a search.</summary>
    public string? Query { get; init; }

    /// <summary>The page that was opened, or searched for a text.</summary>
    public string? Url { get; init; }

    /// <summary>The text that was searched for in a page.</summary>
    public string? Pattern { get; init; }

    /// <summary>In older answers, the page that was searched for a text.</summary>
    public WebSource? Source { get; init; }

    /// <summary>The pages that a search found.</summary>
    public IReadOnlyList<WebSource>? Sources { get; init; }
}

/// <summary>A page of the web.</summary>
public sealed record WebSource : WireObject
{
    /// <summary><c>url</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The page's address.</summary>
    public string? Url { get; init; }
}

/// <summary>A call of a sub-tool of the service, such as <c>x_keyword_search</c>: the form in which searches of X arrive.</summary>
public sealed record CustomToolCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "custom_tool_call";

    /// <summary>The call's id.</summary>
    public string? CallId { get; init; }

    /// <summary>The name of the sub-tool.</summary>
    public string? Name { get; init; }

    /// <summary>The input, as the text of a JSON object.</summary>
    public string? Input { get; init; }
}

/// <summary>A search of X, in the documented form.</summary>
public sealed record XSearchCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "x_search_call";

    /// <summary>The name of the sub-tool.</summary>
    public string? Name { get; init; }

    /// <summary>The arguments, as the text of a JSON object.</summary>
    public string? Arguments { get; init; }
}

/// <summary>Code that the service ran.</summary>
/// <param name="Type"><c>code_interpreter_call</c> or <c>code_execution_call</c>.</param>
public sealed record CodeInterpreterCallItem(string Type) : HostedItem
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The code.</summary>
    public string? Code { get; init; }

    /// <summary>What the code printed and made; only when <c>include</c> asked for it.</summary>
    public IReadOnlyList<CodeOutput>? Outputs { get; init; }
}

/// <summary>An output of code.</summary>
public sealed record CodeOutput : WireObject
{
    /// <summary><c>logs</c> or <c>image</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The output of the run: a JSON text with <c>stdout</c>, <c>stderr</c> and <c>exit_code</c>, or plain text.</summary>
    public string? Logs { get; init; }

    /// <summary>The address of an image.</summary>
    public string? Url { get; init; }
}

/// <summary>A search in collections of files.</summary>
public sealed record FileSearchCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "file_search_call";

    /// <summary>The queries.</summary>
    public IReadOnlyList<string>? Queries { get; init; }

    /// <summary>The hits; only when <c>include</c> asked for them.</summary>
    public IReadOnlyList<FileSearchHit>? Results { get; init; }
}

/// <summary>A hit in a file.</summary>
public sealed record FileSearchHit : WireObject
{
    /// <summary>The file's id.</summary>
    public string? FileId { get; init; }

    /// <summary>The file's name; the service may leave it empty.</summary>
    public string? Filename { get; init; }

    /// <summary>The relevance of the hit; missing for 0.</summary>
    public double? Score { get; init; }

    /// <summary>The passage.</summary>
    public string? Text { get; init; }
}

/// <summary>A call of a tool on an MCP server, made by the service.</summary>
public sealed record McpCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "mcp_call";

    /// <summary>The server's label.</summary>
    public string? ServerLabel { get; init; }

    /// <summary>The name of the tool.</summary>
    public string? Name { get; init; }

    /// <summary>The arguments, as the text of a JSON object.</summary>
    public string? Arguments { get; init; }

    /// <summary>The output of the tool.</summary>
    public string? Output { get; init; }

    /// <summary>The error of the tool, if it failed.</summary>
    public string? Error { get; init; }
}

/// <summary>An image generated by the service.</summary>
public sealed record ImageGenerationCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "image_generation_call";

    /// <summary>The prompt for the image model.</summary>
    public string? Prompt { get; init; }

    /// <summary>The image, in base64; null while it is made and when that failed.</summary>
    public string? Result { get; init; }
}

/// <summary>A search of the deferred tools. Its <see cref="ToolSearchOutputItem"/> follows it.</summary>
public sealed record ToolSearchCallItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "tool_search_call";

    /// <summary>The call's id; null for a search that the service runs.</summary>
    public string? CallId { get; init; }

    /// <summary>The arguments: an object with <c>query</c> and <c>limit</c>.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary><c>server</c>.</summary>
    public string? Execution { get; init; }
}

/// <summary>The definitions that a search of the deferred tools loaded. Sent back with its call, they stay loaded.</summary>
public sealed record ToolSearchOutputItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "tool_search_output";

    /// <summary>The id of the call; null for a search that the service ran.</summary>
    public string? CallId { get; init; }

    /// <summary>The loaded definitions, in the form in which they were sent.</summary>
    public IReadOnlyList<ResponseTool>? Tools { get; init; }

    /// <summary><c>server</c>.</summary>
    public string? Execution { get; init; }
}

/// <summary>The turns before it, compacted and encrypted by the service.</summary>
public sealed record CompactionItem : HostedItem
{
    /// <inheritdoc/>
    public override string Type => "compaction";

    /// <summary>The encrypted turns.</summary>
    public string? EncryptedContent { get; init; }
}
