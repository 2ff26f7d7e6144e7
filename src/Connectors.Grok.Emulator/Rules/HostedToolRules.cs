using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks the arguments of hosted tools (docs/wire.md#tools).</summary>
internal static class HostedToolRules
{
    private const int MaxDomains = 5;
    private const int MaxHandles = 20;
    private const int MaxStores = 10;

    private static readonly Dictionary<string, string[]> Unsupported = new()
    {
        ["web_search"] = ["external_web_access"],
        ["code_interpreter"] = ["container"],
        ["code_execution"] = ["container"],
        ["file_search"] = ["filters", "ranking_options"],
        ["collections_search"] = ["filters", "ranking_options"],
        ["mcp"] = ["require_approval", "connector_id"],
    };

    /// <summary>Checks a hosted tool. Sources disagree about the options of a web search that hint at a place and a size.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="rejectsHints">Whether the hints are rejected; null to reject the size and to accept the place.</param>
    public static void Check(Tool tool, bool? rejectsHints)
    {
        if (tool.Type == "web_search")
        {
            CheckHint(tool, "search_context_size", rejectsHints ?? true);
            CheckHint(tool, "user_location", rejectsHints ?? false);
        }

        foreach (var name in Unsupported.GetValueOrDefault(tool.Type, []))
        {
            if (tool.Raw.Member(name) is not null)
            {
                throw ApiException.NotSupported(name);
            }
        }

        switch (tool.Type)
        {
            case "web_search":
                CheckLists(tool, "allowed_domains", "excluded_domains", MaxDomains, domain => !domain.Contains('/', StringComparison.Ordinal), "a bare host such as example.com");
                break;
            case "x_search":
                CheckLists(tool, "allowed_x_handles", "excluded_x_handles", MaxHandles, handle => !handle.StartsWith('@'), "a handle without @");
                CheckDate(tool, "from_date");
                CheckDate(tool, "to_date");
                break;
            case "file_search" or "collections_search":
                if (tool.Raw.Integer("max_num_results") is < 1)
                {
                    throw ApiException.InvalidArgument("max_num_results must be at least 1.");
                }

                var stores = Texts(tool.Raw, "vector_store_ids");
                if (stores.Count is < 1 or > MaxStores)
                {
                    throw ApiException.InvalidArgument($"file_search needs 1 to {MaxStores} vector_store_ids, but {stores.Count} were given.");
                }

                break;
        }
    }

    private static void CheckHint(Tool tool, string name, bool isRejected)
    {
        if (isRejected && tool.Raw.Member(name) is not null)
        {
            throw ApiException.NotSupported(name);
        }
    }

    private static void CheckLists(Tool tool, string allowed, string excluded, int max, Func<string, bool> isValid, string expected)
    {
        var filters = tool.Raw.Object("filters") ?? tool.Raw;
        var (allowedEntries, excludedEntries) = (Entries(allowed), Entries(excluded));
        if (allowedEntries.Count > 0 && excludedEntries.Count > 0)
        {
            throw ApiException.InvalidArgument($"{allowed} and {excluded} cannot be used together.");
        }

        if (allowedEntries.Count > max || excludedEntries.Count > max)
        {
            throw ApiException.InvalidArgument($"At most {max} entries are allowed in {allowed} and {excluded}.");
        }

        if (allowedEntries.Concat(excludedEntries).FirstOrDefault(entry => !isValid(entry)) is { } invalid)
        {
            throw ApiException.InvalidArgument($"Invalid entry {invalid}: it must be {expected}.");
        }

        IReadOnlyList<string> Entries(string name) => Texts(tool.Raw, name) is { Count: > 0 } top ? top : Texts(filters, name);
    }

    private static void CheckDate(Tool tool, string name)
    {
        if (tool.Raw.Text(name) is { } date && !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            throw ApiException.InvalidArgument($"{name} must be a date such as 2026-01-31, not {date}.");
        }
    }

    public static IReadOnlyList<string> Texts(JsonElement tool, string name) =>
        [.. tool.Array(name).Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : throw Members.Mismatch(name, entry, "a string"))];
}
