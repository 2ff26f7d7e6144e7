using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>
/// Maps hosted tools to the wire. Settings without a member in Microsoft.Extensions.AI are read from the tool's
/// AdditionalProperties, under the wire's own names, as plain values.
/// </summary>
internal static class HostedToolMapper
{
    /// <summary>Gets the wire tool; null when the tool is not a hosted tool.</summary>
    /// <exception cref="ArgumentException">The tool has a setting that xAI does not accept.</exception>
    public static ResponseTool? ToTool(AITool tool) => tool switch
    {
        HostedWebSearchTool web => ToTool(web),
        GrokXSearchTool x => ToTool(x),
        HostedCodeInterpreterTool { Inputs.Count: > 0 } => throw new ArgumentException(
            $"{nameof(HostedCodeInterpreterTool)}: xAI's sandbox takes no files of its own; put them into a message.", nameof(tool)),
        HostedCodeInterpreterTool => new CodeInterpreterTool(),
        HostedFileSearchTool files => ToTool(files),
        HostedMcpServerTool mcp => ToTool(mcp),
        HostedImageGenerationTool image => new ImageGenerationTool { Action = Text(image, "action") },
        _ => null,
    };

    private static WebSearchTool ToTool(HostedWebSearchTool tool)
    {
        var search = new WebSearchTool
        {
            AllowedDomains = List(tool, "allowed_domains"),
            ExcludedDomains = List(tool, "excluded_domains"),
            EnableImageUnderstanding = tool.AdditionalProperties.GetBool("enable_image_understanding"),
            EnableImageSearch = tool.AdditionalProperties.GetBool("enable_image_search"),
        };
        Exclusive(tool, "allowed_domains", search.AllowedDomains, "excluded_domains", search.ExcludedDomains, most: 5);
        return search;
    }

    private static XSearchTool ToTool(GrokXSearchTool tool)
    {
        Exclusive(tool, nameof(tool.AllowedHandles), tool.AllowedHandles, nameof(tool.ExcludedHandles), tool.ExcludedHandles, most: 20);
        if (tool.From > tool.To)
        {
            throw new ArgumentException($"{nameof(GrokXSearchTool)}: {nameof(tool.From)} is after {nameof(tool.To)}.", nameof(tool));
        }

        return new XSearchTool
        {
            AllowedXHandles = Handles(tool.AllowedHandles),
            ExcludedXHandles = Handles(tool.ExcludedHandles),
            FromDate = tool.From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ToDate = tool.To?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            EnableImageUnderstanding = tool.UnderstandImages,
            EnableVideoUnderstanding = tool.UnderstandVideos,
        };
    }

    private static FileSearchTool ToTool(HostedFileSearchTool tool)
    {
        var stores = (tool.Inputs ?? []).OfType<HostedVectorStoreContent>().Select(static s => s.VectorStoreId).ToList();
        return stores.Count is >= 1 and <= 10
            ? new FileSearchTool { VectorStoreIds = stores, MaxNumResults = tool.MaximumResultCount }
            : throw new ArgumentException(
                $"{nameof(HostedFileSearchTool)}.{nameof(tool.Inputs)} must hold 1 to 10 {nameof(HostedVectorStoreContent)}s with the ids of xAI collections; it holds {stores.Count}.",
                nameof(tool));
    }

    private static McpTool ToTool(HostedMcpServerTool tool)
    {
        if (!Uri.TryCreate(tool.ServerAddress, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            throw new ArgumentException($"{nameof(HostedMcpServerTool)} '{tool.ServerName}': its ServerAddress must be an absolute http or https URL. xAI does not support the ids of built-in services.", nameof(tool));
        }

        // xAI has no approval: it would run the tool without asking the caller.
        if (tool.ApprovalMode is not (null or HostedMcpServerToolNeverRequireApprovalMode))
        {
            throw new ArgumentException(
                $"{nameof(HostedMcpServerTool)} '{tool.ServerName}' asks for approval, which xAI does not know: its calls just run."
                + $" Set {nameof(HostedMcpServerToolApprovalMode)}.{nameof(HostedMcpServerToolApprovalMode.NeverRequire)}, or name harmless {nameof(tool.AllowedTools)}.",
                nameof(tool));
        }

        var headers = tool.Headers ?? new Dictionary<string, string>();
        var isAuthorization = static (KeyValuePair<string, string> h) => h.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase);
        var others = headers.Where(h => !isAuthorization(h)).ToDictionary(static h => h.Key, static h => h.Value);
        return new McpTool
        {
            ServerUrl = address.AbsoluteUri,
            ServerLabel = tool.ServerName,
            ServerDescription = tool.ServerDescription,
            AllowedTools = tool.AllowedTools is { Count: > 0 } allowed ? [.. allowed] : null,
            Authorization = headers.FirstOrDefault(isAuthorization).Value,
            Headers = others.Count > 0 ? others : null,
        };
    }

    private static void Exclusive(AITool tool, string allowed, IEnumerable<string>? allow, string excluded, IEnumerable<string>? exclude, int most)
    {
        var (allows, excludes) = (allow?.Count() ?? 0, exclude?.Count() ?? 0);
        if (allows > 0 && excludes > 0)
        {
            throw new ArgumentException($"The tool '{tool.Name}' has both {allowed} and {excluded}; xAI accepts only one of them.", nameof(tool));
        }

        if (allows > most || excludes > most)
        {
            throw new ArgumentException($"The tool '{tool.Name}' has more than {most} entries in {(allows > 0 ? allowed : excluded)}.", nameof(tool));
        }
    }

    private static List<string>? Handles(IList<string>? handles) => handles is { Count: > 0 } ? [.. handles.Select(static h => h.TrimStart('@'))] : null;

    private static string? Text(AITool tool, string key) => tool.AdditionalProperties.TryGetValue(key, out var value) ? value?.ToString() : null;

    /// <summary>Reads a list of texts, from a list, JSON or a single text.</summary>
    private static List<string>? List(AITool tool, string key) =>
        !tool.AdditionalProperties.TryGetValue(key, out var value) ? null : value switch
        {
            IEnumerable<string> { } texts when texts.Any() => [.. texts],
            JsonElement { ValueKind: JsonValueKind.Array } json when json.GetArrayLength() > 0 => [.. json.EnumerateArray().Select(static e => e.ToString())],
            string { Length: > 0 } text => [text],
            _ => null,
        };
}
