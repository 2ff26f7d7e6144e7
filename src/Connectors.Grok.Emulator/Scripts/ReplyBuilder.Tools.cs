using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator;

/// <content>The tools that the service runs itself.</content>
public sealed partial class ReplyBuilder
{
    private int _groups;

    /// <summary>A web search. Query and sources are shown to requests that include them.</summary>
    /// <param name="query">What was searched for.</param>
    /// <param name="sources">The addresses found.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder WebSearch(string query, params string[] sources) => Add(context => new WebSearchOutput(query, [.. sources])
    {
        ShowsSources = context.Wants("web_search_call.action.sources"),
        IsLegacy = context.IsLegacy,
    });

    /// <summary>A web search in the shape of October and November 2025.</summary>
    /// <param name="query">What was searched for.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder OldWebSearch(string query) => Add(_ => new WebSearchOutput(query, []) { IsLegacy = true });

    /// <summary>A page that was opened.</summary>
    /// <param name="url">Its address.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder OpenPage(string url) => Add(context =>
        new WebSearchOutput(url, [url]) { Action = WebAction.OpenPage, IsLegacy = context.IsLegacy });

    /// <summary>Words that were looked for in a page.</summary>
    /// <param name="pattern">The words.</param>
    /// <param name="url">The address of the page.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder FindInPage(string pattern, string url) => Add(context =>
        new WebSearchOutput(pattern, [url]) { Action = WebAction.Find, Pattern = pattern, IsLegacy = context.IsLegacy });

    /// <summary>A search on X: a <c>custom_tool_call</c>, as it really arrives.</summary>
    /// <param name="query">What was searched for.</param>
    /// <param name="name">The tool within the tool, such as <c>x_semantic_search</c>.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder XSearch(string query, string name = "x_keyword_search") => Add(context => CreateXSearch(context, query, name, context.IsLegacy));

    /// <summary>A search on X in the shape of October 2025: an <c>x_search_call</c>.</summary>
    /// <param name="query">What was searched for.</param>
    /// <param name="name">The tool within the tool.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder OldXSearch(string query, string name = "x_semantic_search") => Add(context => CreateXSearch(context, query, name, isLegacy: true));

    /// <summary>Code that was run. What it printed is shown to requests that include it.</summary>
    /// <param name="code">The code.</param>
    /// <param name="logs">What it printed; null for nothing.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Code(string code, string? logs = null) => Add(context =>
        new CodeOutput(code, logs) { ShowsOutputs = context.Wants("code_interpreter_call.outputs") });

    /// <summary>A search in collections. The hits are shown to requests that include them.</summary>
    /// <param name="query">What was searched for.</param>
    /// <param name="hits">What was found.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder FileSearch(string query, params FileHit[] hits) => Add(context =>
        new FileSearchOutput(query, [.. hits]) { ShowsResults = context.Wants("file_search_call.results") });

    /// <summary>A call of a tool on an MCP server.</summary>
    /// <param name="server">The label of the server.</param>
    /// <param name="tool">The name of the tool.</param>
    /// <param name="arguments">Its arguments as JSON text.</param>
    /// <param name="output">What it answered.</param>
    /// <param name="error">What went wrong; null when nothing did.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Mcp(string server, string tool, string arguments = "{}", string? output = null, string? error = null) =>
        Add(_ => new McpOutput(server, tool, arguments, output, error));

    /// <summary>An image that was made.</summary>
    /// <param name="image">The bytes of the image.</param>
    /// <param name="prompt">What the model asked for.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Image(ReadOnlySpan<byte> image, string prompt = "")
    {
        var base64 = Convert.ToBase64String(image);
        return Add(_ => new ImageOutput(base64, prompt));
    }

    /// <summary>Items the model works on at once: their events interleave as recorded, all opened before any is finished.</summary>
    /// <param name="items">Says the items.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder InParallel(Action<ReplyBuilder> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (_group is not null)
        {
            throw new InvalidOperationException("AtOnce cannot stand within AtOnce; say all the items in one.");
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
