using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>What the tools the service runs itself refuse (sections 7.2 to 7.6).</summary>
internal static class HostedToolRules
{
    private const int MostDomains = 5;
    private const int MostHandles = 20;

    private static readonly Dictionary<string, string[]> Unsupported = new()
    {
        ["web_search"] = ["external_web_access", "search_context_size"],
        ["code_interpreter"] = ["container"],
        ["code_execution"] = ["container"],
        ["file_search"] = ["filters", "ranking_options"],
        ["mcp"] = ["require_approval", "connector_id"],
    };

    public static void Check(Tool tool)
    {
        foreach (var name in Unsupported.GetValueOrDefault(tool.Type, []))
        {
            if (tool.Raw.Member(name) is not null)
                throw ApiException.NotSupported(name);
        }

        if (tool.Type == "web_search")
            CheckLists(tool, "allowed_domains", "excluded_domains", MostDomains);
        if (tool.Type == "x_search")
            CheckLists(tool, "allowed_x_handles", "excluded_x_handles", MostHandles);
    }

    private static void CheckLists(Tool tool, string allowed, string excluded, int most)
    {
        var filters = tool.Raw.Object("filters") ?? tool.Raw;
        var (allows, excludes) = (Count(allowed), Count(excluded));
        if (allows > 0 && excludes > 0)
            throw ApiException.InvalidArgument($"{allowed} and {excluded} cannot be used together.");
        if (allows > most || excludes > most)
            throw ApiException.InvalidArgument($"At most {most} entries are allowed in {allowed} and {excluded}.");

        int Count(string name) => Math.Max(tool.Raw.Array(name).Count, filters.Array(name).Count);
    }
}
