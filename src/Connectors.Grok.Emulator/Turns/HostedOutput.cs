using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Turns;

/// <summary>A call of a hosted tool: a tool that the service runs itself (docs/wire.md#tools).</summary>
internal abstract record HostedOutput : OutputItem
{
    public abstract string Type { get; }

    /// <summary>The text that counts as input tokens when a later request continues the response.</summary>
    public abstract string BilledText { get; }
}

/// <summary>A web search call: a search, an opened page, or a text search within a page.</summary>
internal sealed record WebSearchOutput(string Query, IReadOnlyList<string> Sources) : HostedOutput
{
    public override string Type => "web_search_call";

    public override string BilledText => Query;

    public WebAction Action { get; init; }

    /// <summary>The text to find, for <see cref="WebAction.Find"/>.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Whether the request includes the query and the sources; otherwise both are empty.</summary>
    public bool ShowsSources { get; init; }

    /// <summary>Whether the item has the shape of October and November 2025: a name and arguments, and no events between the added and the done event.</summary>
    public bool IsLegacy { get; init; }
}

internal enum WebAction
{
    Search,
    OpenPage,
    Find,
}

/// <summary>A search on X: a <c>custom_tool_call</c>, or the <c>x_search_call</c> of October 2025.</summary>
internal sealed record XSearchOutput(string CallId, string Name, string Input) : HostedOutput
{
    public override string Type => IsLegacy ? "x_search_call" : "custom_tool_call";

    public override string BilledText => Input;

    public bool IsLegacy { get; init; }

    /// <summary>The number of posts that the search fetched. Each one is billed.</summary>
    public int Posts { get; init; }

    /// <summary>The number of profiles that the search fetched. Each one is billed.</summary>
    public int Users { get; init; }
}

internal sealed record CodeOutput(string Code, string? Logs) : HostedOutput
{
    public override string Type => "code_interpreter_call";

    public override string BilledText => Code + Logs;

    /// <summary>Returns the output of a run in the form of the service: JSON text.</summary>
    public static string LogsOf(string stdout, string stderr, int exitCode) => Json.WriteObjectText(writer =>
    {
        writer.WriteString("stdout", stdout);
        writer.WriteString("stderr", stderr);
        writer.WriteNumber("exit_code", exitCode);
    });

    /// <summary>Whether the request includes the outputs; otherwise they are null.</summary>
    public bool ShowsOutputs { get; init; }
}

internal sealed record FileSearchOutput(string Query, IReadOnlyList<FileHit> Hits) : HostedOutput
{
    public override string Type => "file_search_call";

    public override string BilledText => Query;

    public bool ShowsResults { get; init; }
}

internal sealed record McpOutput(string Server, string Tool, string Arguments, string? Output, string? Error) : HostedOutput
{
    public override string Type => "mcp_call";

    public override string BilledText => Arguments + Output + Error;
}

/// <summary>A generated image. The image is null when the generation failed.</summary>
internal sealed record ImageOutput(string? Base64, string Prompt) : HostedOutput
{
    public override string Type => "image_generation_call";

    public override string BilledText => Prompt;
}

/// <summary>A search for tool definitions that the prompt does not contain.</summary>
internal sealed record ToolSearchCallOutput(string Query, int Limit) : HostedOutput
{
    public override string Type => "tool_search_call";

    public override string BilledText => Query;

    public bool IsFailed { get; init; }
}

/// <summary>The definitions that a tool search loaded, as they were sent.</summary>
internal sealed record ToolSearchOutput(IReadOnlyList<JsonElement> Tools) : HostedOutput
{
    public const string OutputType = "tool_search_output";

    public override string Type => OutputType;

    public override string BilledText => string.Concat(Tools.Select(tool => tool.GetRawText()));
}

/// <summary>Shell commands. The client runs them.</summary>
internal sealed record ShellOutput(string CallId, IReadOnlyList<string> Commands) : HostedOutput
{
    public override string Type => "shell_call";

    public override string BilledText => string.Join('\n', Commands);
}
