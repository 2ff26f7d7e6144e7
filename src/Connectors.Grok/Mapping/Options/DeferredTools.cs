using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Which functions and MCP servers a <see cref="HostedToolSearchTool"/> among the tools defers.</summary>
internal sealed class DeferredTools
{
    private readonly HashSet<string>? _names;
    private readonly bool _isAll;

    private DeferredTools(bool isAll, HashSet<string>? names) => (_isAll, _names) = (isAll, names);

    /// <summary>Nothing is deferred.</summary>
    public static DeferredTools None { get; } = new(isAll: false, null);

    /// <summary>Reads the tools, and notes names that belong to none of them.</summary>
    public static DeferredTools From(IEnumerable<AITool?> tools, MappingDiagnostics notes)
    {
        var list = tools as IReadOnlyCollection<AITool?> ?? [.. tools];
        if (list.OfType<HostedToolSearchTool>().FirstOrDefault() is not { } search)
        {
            return None;
        }

        if (search.DeferredTools is not { } wanted)
        {
            return new(isAll: true, null);
        }

        var names = wanted.ToHashSet(StringComparer.Ordinal);
        foreach (var unknown in names.Except(list.Select(Name).OfType<string>()))
        {
            notes.Option($"the name '{unknown}' in {nameof(HostedToolSearchTool)}.{nameof(search.DeferredTools)}, which no function and no MCP server has");
        }

        return new(isAll: false, names);
    }

    /// <summary>Whether a tool is deferred; null when the member is not sent.</summary>
    /// <param name="tool">A function or an MCP server.</param>
    public bool? IsDeferred(AITool tool) =>
        tool.AdditionalProperties.GetBool(GrokKeys.Tool.DeferLoading) ?? (_isAll || (Name(tool) is { } name && _names?.Contains(name) == true) ? true : null);

    private static string? Name(AITool? tool) => tool switch
    {
        AIFunctionDeclaration function => function.Name,
        HostedMcpServerTool mcp => mcp.ServerName,
        _ => null,
    };
}
