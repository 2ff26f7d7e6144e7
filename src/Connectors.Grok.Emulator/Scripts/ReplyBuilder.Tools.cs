using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator;

/// <content>Calls of hosted tools.</content>
public sealed partial class ReplyBuilder
{
    private int _groups;

    /// <summary>Adds a web search. The response shows the query and the sources only if the request includes <c>web_search_call.action.sources</c>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="sources">The URLs of the results.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder WebSearch(string query, params string[] sources) => Add(context => new WebSearchOutput(query, [.. sources])
    {
        ShowsSources = context.Includes("web_search_call.action.sources"),
        IsLegacy = context.IsLegacy,
    });

    /// <summary>Adds a web search in the shape of October and November 2025.</summary>
    /// <param name="query">The query.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder OldWebSearch(string query) => Add(_ => new WebSearchOutput(query, []) { IsLegacy = true });

    /// <summary>Adds the opening of a web page.</summary>
    /// <param name="url">The URL of the page.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder OpenPage(string url) => Add(context =>
        new WebSearchOutput(url, [url]) { Action = WebAction.OpenPage, IsLegacy = context.IsLegacy });

    /// <summary>Adds a text search within a web page.</summary>
    /// <param name="pattern">The text to find.</param>
    /// <param name="url">The URL of the page.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder FindInPage(string pattern, string url) => Add(context =>
        new WebSearchOutput(pattern, [url]) { Action = WebAction.Find, Pattern = pattern, IsLegacy = context.IsLegacy });

    /// <summary>Adds a search on X in the current shape: a <c>custom_tool_call</c>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">The name of the function that the tool calls, such as <c>x_semantic_search</c>.</param>
    /// <param name="posts">The number of posts that it fetches; each is billed.</param>
    /// <param name="users">The number of profiles that it fetches; each is billed.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder XSearch(string query, string name = "x_keyword_search", int posts = 10, int users = 0) =>
        Add(context => CreateXSearch(context, query, name, context.IsLegacy) with { Posts = posts, Users = users });

    /// <summary>Adds a search on X in the shape of October 2025: an <c>x_search_call</c>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">The name of the function that the tool calls.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder OldXSearch(string query, string name = "x_semantic_search") => Add(context => CreateXSearch(context, query, name, isLegacy: true));

    /// <summary>Adds an execution of code. The response shows the output only if the request includes <c>code_interpreter_call.outputs</c>.</summary>
    /// <param name="code">The code.</param>
    /// <param name="logs">The output of the code; null for none.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Code(string code, string? logs = null) => Add(context =>
        new CodeOutput(code, logs) { ShowsOutputs = context.Includes("code_interpreter_call.outputs") });

    /// <summary>Adds an execution of code whose output has the form of the service: JSON text with <c>stdout</c>, <c>stderr</c> and <c>exit_code</c>.</summary>
    /// <param name="code">The code.</param>
    /// <param name="stdout">The standard output.</param>
    /// <param name="stderr">The error output.</param>
    /// <param name="exitCode">The exit code.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder CodeRun(string code, string stdout = "", string stderr = "", int exitCode = 0) => Code(code, CodeOutput.LogsOf(stdout, stderr, exitCode));

    /// <summary>Counts searches in attached files. They have no output item and are billed.</summary>
    /// <param name="calls">The number of searches.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder AttachmentSearch(int calls = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(calls);
        _documentSearches = calls;
        return this;
    }

    /// <summary>Adds a search for deferred tools (<c>tool_search_call</c>) and the definitions that it loads (<c>tool_search_output</c>), as the request sent them.</summary>
    /// <param name="query">The query.</param>
    /// <param name="names">The names of the functions, or the labels of the MCP servers, to load; none to load those that share a word with the query.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder ToolSearch(string query, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var limit = names.Length > 0 ? names.Length : ToolIndex.DefaultLimit;
        return Add(_ => new ToolSearchCallOutput(query, limit)).Add(context => new ToolSearchOutput(
        [
            .. (names.Length > 0 ? context.Tools.Where(tool => names.Contains(tool.Key)) : ToolIndex.Search(context.Tools, query, limit)).Select(tool => tool.Raw),
        ]));
    }

    /// <summary>Adds a search for deferred tools that fails: a <c>tool_search_call</c> with the status <c>incomplete</c>, without an output.</summary>
    /// <param name="query">The query.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder FailedToolSearch(string query) => Add(_ => new ToolSearchCallOutput(query, ToolIndex.DefaultLimit) { IsFailed = true });

    /// <summary>Adds shell commands for the client to run: a <c>shell_call</c>.</summary>
    /// <param name="commands">The commands.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Shell(params string[] commands)
    {
        ArgumentNullException.ThrowIfNull(commands);
        return Add(context => new ShellOutput(context.NextCallId(), [.. commands]));
    }

    /// <summary>Adds a search in collections. The response shows the hits only if the request includes <c>file_search_call.results</c>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="hits">The results.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder FileSearch(string query, params FileHit[] hits) => Add(context =>
        new FileSearchOutput(query, [.. hits]) { ShowsResults = context.Includes("file_search_call.results") });

    /// <summary>Adds a call of a tool on an MCP server.</summary>
    /// <param name="server">The label of the server.</param>
    /// <param name="tool">The name of the tool.</param>
    /// <param name="arguments">The arguments as JSON text.</param>
    /// <param name="output">The output of the tool; null for none.</param>
    /// <param name="error">The error of the tool; null when the call succeeds.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Mcp(string server, string tool, string arguments = "{}", string? output = null, string? error = null) =>
        Add(_ => new McpOutput(server, tool, arguments, output, error));

    /// <summary>Adds a generated image.</summary>
    /// <param name="image">The bytes of the image.</param>
    /// <param name="prompt">The prompt of the image.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Image(ReadOnlySpan<byte> image, string prompt = "")
    {
        var base64 = Convert.ToBase64String(image);
        return Add(_ => new ImageOutput(base64, prompt));
    }

    /// <summary>Adds an image whose generation fails: an <c>image_generation_call</c> with the status <c>failed</c> and no result.</summary>
    /// <param name="prompt">The prompt of the image.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder FailedImage(string prompt = "") => Add(_ => new ImageOutput(Base64: null, prompt));

    /// <summary>Adds items that run in parallel. Their events interleave as in recordings of the service: every item is added before the first one is done.</summary>
    /// <param name="items">Adds the items.</param>
    /// <returns>This reply.</returns>
    /// <exception cref="InvalidOperationException">The call is nested in another <c>InParallel</c>.</exception>
    public ReplyBuilder InParallel(Action<ReplyBuilder> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (_group is not null)
        {
            throw new InvalidOperationException("InParallel cannot be nested. Add all the items in one call of InParallel.");
        }

        _group = ++_groups;
        items(this);
        _group = null;
        _message = null;
        return this;
    }

    private static XSearchOutput CreateXSearch(ReplyContext context, string query, string name, bool isLegacy) =>
        new(context.NextXCallId(), name, Json.WriteObjectText(writer => writer.WriteString("query", query))) { IsLegacy = isLegacy };
}
