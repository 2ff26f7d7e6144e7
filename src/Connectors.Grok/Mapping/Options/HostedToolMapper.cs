using System.Globalization;
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
    public static ResponseTool? ToTool(AITool tool, DeferredTools deferred, MappingDiagnostics notes) => tool switch
    {
        HostedWebSearchTool web => ToTool(web, notes),
        GrokXSearchTool x => ToTool(x),
        HostedCodeInterpreterTool { Inputs.Count: > 0 } => throw new ArgumentException(
            $"{nameof(HostedCodeInterpreterTool)}: xAI's sandbox takes no files of its own; put them into a message.", nameof(tool)),
        HostedCodeInterpreterTool code => ToTool(code, notes),
        HostedFileSearchTool files => ToTool(files, notes),
        HostedMcpServerTool mcp => ToTool(mcp, deferred, notes),
        HostedImageGenerationTool image => ToTool(image, notes),
        HostedToolSearchTool search => ToTool(search, notes),
        _ => null,
    };

    private static WebSearchTool ToTool(HostedWebSearchTool tool, MappingDiagnostics notes)
    {
        var settings = Settings(tool, notes, "allowed_domains", "excluded_domains", "enable_image_understanding", "enable_image_search", "user_location", "search_context_size", "filters");
        var filters = settings.Object("filters") is { } json ? LenientReader.FromJson(json, $"{tool.Name}.filters") : null;
        NoteOthers(filters, tool, "filters.", notes, "allowed_domains", "excluded_domains");
        var (allowed, excluded) = (settings.Texts("allowed_domains"), settings.Texts("excluded_domains"));
        var isTop = allowed is not null || excluded is not null;
        var search = new WebSearchTool
        {
            AllowedDomains = isTop ? allowed : filters?.Texts("allowed_domains"),
            ExcludedDomains = isTop ? excluded : filters?.Texts("excluded_domains"),
            EnableImageUnderstanding = settings.Bool("enable_image_understanding"),
            EnableImageSearch = settings.Bool("enable_image_search"),
            UserLocation = settings.Object("user_location"),
            SearchContextSize = settings.Text("search_context_size"),
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

    private static CodeInterpreterTool ToTool(HostedCodeInterpreterTool tool, MappingDiagnostics notes)
    {
        Settings(tool, notes);
        return new CodeInterpreterTool();
    }

    private static ImageGenerationTool ToTool(HostedImageGenerationTool tool, MappingDiagnostics notes)
    {
        if (tool.Options is { } options)
        {
            // The model chooses all of these.
            (string Name, object? Value)[] unsupported =
            [
                (nameof(options.AdditionalProperties), options.AdditionalProperties is { Count: > 0 } more ? more : null), (nameof(options.Count), options.Count),
                (nameof(options.ImageSize), options.ImageSize), (nameof(options.MediaType), options.MediaType), (nameof(options.ModelId), options.ModelId),
                (nameof(options.RawRepresentationFactory), options.RawRepresentationFactory), (nameof(options.ResponseFormat), options.ResponseFormat),
                (nameof(options.StreamingCount), options.StreamingCount),
            ];
            foreach (var (name, _) in unsupported.Where(static u => u.Value is not null))
            {
                notes.Option($"{nameof(HostedImageGenerationTool)}.{nameof(tool.Options)}.{name}");
            }
        }

        return new ImageGenerationTool { Action = Settings(tool, notes, "action").Text("action") };
    }

    private static FileSearchTool ToTool(HostedFileSearchTool tool, MappingDiagnostics notes)
    {
        Settings(tool, notes);
        foreach (var other in (tool.Inputs ?? []).Where(static i => i is not HostedVectorStoreContent))
        {
            notes.Option($"a {other?.GetType().Name ?? "null"} among the inputs of a {nameof(HostedFileSearchTool)}, which searches collections");
        }

        var stores = (tool.Inputs ?? []).OfType<HostedVectorStoreContent>().Select(static s => s.VectorStoreId).ToList();
        return stores.Count is >= 1 and <= 10
            ? new FileSearchTool { VectorStoreIds = stores, MaxNumResults = tool.MaximumResultCount }
            : throw new ArgumentException(
                $"{nameof(HostedFileSearchTool)}.{nameof(tool.Inputs)} must hold 1 to 10 {nameof(HostedVectorStoreContent)}s with the ids of xAI collections; it holds {stores.Count}.",
                nameof(tool));
    }

    private static ToolSearchTool ToTool(HostedToolSearchTool tool, MappingDiagnostics notes)
    {
        if (tool.Namespace is not null)
        {
            notes.Option($"{nameof(HostedToolSearchTool)}.{nameof(tool.Namespace)}");
        }

        if (tool.NamespaceDescription is not null)
        {
            notes.Option($"{nameof(HostedToolSearchTool)}.{nameof(tool.NamespaceDescription)}");
        }

        return new ToolSearchTool { Execution = Settings(tool, notes, "execution").Text("execution") };
    }

    private static McpTool ToTool(HostedMcpServerTool tool, DeferredTools deferred, MappingDiagnostics notes)
    {
        Settings(tool, notes, GrokKeys.Tool.DeferLoading);
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
            Authorization = Token(headers.FirstOrDefault(isAuthorization).Value),
            Headers = others.Count > 0 ? others : null,
            DeferLoading = deferred.IsDeferred(tool),
        };
    }

    /// <summary>The token of an Authorization header: the service adds the word Bearer itself.</summary>
    private static string? Token(string? header) =>
        header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? header["Bearer ".Length..].Trim() : header;

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

    /// <summary>Gets a reader of the tool's additional properties, and notes those that are not known.</summary>
    private static LenientReader Settings(AITool tool, MappingDiagnostics notes, params string[] known)
    {
        var values = new AdditionalPropertiesDictionary();
        foreach (var (key, value) in tool.AdditionalProperties)
        {
            values[key] = value;
        }

        var settings = new LenientReader(values, tool.Name);
        NoteOthers(settings, tool, "", notes, known);
        return settings;
    }

    private static void NoteOthers(LenientReader? settings, AITool tool, string path, MappingDiagnostics notes, params string[] known)
    {
        foreach (var key in settings?.Keys ?? [])
        {
            if (!known.Contains(key, StringComparer.OrdinalIgnoreCase) && settings!.IsSet(key))
            {
                notes.Option($"the setting '{path}{key}' of the tool '{tool.Name}'");
            }
        }
    }
}
