using System.Text.Json;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks the arguments of a request that do not depend on stored responses (docs/wire.md#request-members, docs/wire.md#tools).</summary>
internal static partial class RequestRules
{
    private const int MaxTools = 350;

    /// <summary>The members that the API rejects whenever they are present, whatever their value.</summary>
    private static readonly string[] Unsupported =
    [
        "presence_penalty", "frequency_penalty", "stop", "metadata", "n", "truncation", "prompt_cache_retention", "prompt", "conversation",
    ];

    // When the request has no model, the service looks for one named "latest" and does not find it.
    public static ModelInfo FindModel(CreateRequest request, ServiceHost service, GrokEmulatorOptions options) => FindModel(request.Model ?? "latest", service).WithLimits(options);

    public static ModelInfo FindModel(string name, ServiceHost service) => service.FindModel(name) ?? throw service.UnknownModel(name);

    public static void Check(CreateRequest request, ModelInfo model, GrokEmulatorOptions options)
    {
        CheckSupport(request);
        CheckRanges(request);
        GuidelineRules.Check(request.Guidelines);
        CheckTools(request, model, options);
        CheckEffort(request, model);
        if (request.Format.Schema is { } schema)
        {
            SchemaRules.Check(schema, "text.format.schema");
        }

        ContentRules.Check(request.Input, options);
    }

    private static void CheckSupport(CreateRequest request)
    {
        var raw = request.Raw;
        if (raw.Member("search_parameters") is not null)
        {
            throw new ApiException(
                410,
                "410",
                "Live search is deprecated. Please switch to the Agent Tools API: https://docs.x.ai/docs/guides/tools/overview");
        }

        foreach (var name in Unsupported)
        {
            if (raw.Member(name) is not null)
            {
                throw ApiException.NotSupported(name);
            }
        }

        if (raw.Member("max_tokens") is not null)
        {
            throw ApiException.NotSupported("max_tokens. Please use max_output_tokens instead.");
        }

        if (raw.Member("background") is { ValueKind: not JsonValueKind.False })
        {
            throw ApiException.NotSupported("background");
        }

        if (request.Instructions is not null && request.PreviousResponseId is not null)
        {
            throw ApiException.NotSupported("instructions and previous_response_id together");
        }
    }

    private static void CheckRanges(CreateRequest request)
    {
        if (request.Temperature is < 0 or > 2)
        {
            throw ApiException.InvalidArgument("temperature must be between 0 and 2.");
        }

        if (request.TopP is <= 0 or > 1)
        {
            throw ApiException.InvalidArgument("top_p must be greater than 0 and at most 1.");
        }

        if (request.TopK is < 1)
        {
            throw ApiException.InvalidArgument("top_k must be at least 1.");
        }

        if (request.MinP is < 0 or > 1)
        {
            throw ApiException.InvalidArgument("min_p must be between 0 and 1.");
        }

        if (request.TopLogprobs is < 0 or > 8)
        {
            throw ApiException.InvalidArgument("top_logprobs must be between 0 and 8.");
        }

        if (request.MaxOutputTokens is < 1)
        {
            throw ApiException.InvalidArgument("max_output_tokens must be at least 1.");
        }
    }

    private static void CheckTools(CreateRequest request, ModelInfo model, GrokEmulatorOptions options)
    {
        if (request.Tools.Count == 0 && request.Raw.Member("tool_choice") is not null)
        {
            throw ApiException.InvalidArgument("A tool_choice was set on the request but no tools were specified.");
        }

        if (request.Tools.Count > MaxTools)
        {
            throw ApiException.InvalidArgument($"At most {MaxTools} tools are allowed, but {request.Tools.Count} were given.");
        }

        if (model.IsMultiAgent && request.Tools.Any(tool => tool.IsFunction))
        {
            throw ApiException.InvalidArgument("Client-side tools for multi-agent models require beta access");
        }

        if (model.IsMultiAgent && request.MaxOutputTokens is not null)
        {
            throw ApiException.NotSupported("max_output_tokens");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in request.Tools)
        {
            CheckTool(tool, names, options);
        }

        if (request.ToolChoice.FunctionName is { } chosen && !names.Contains(chosen))
        {
            throw ApiException.InvalidArgument($"The function {chosen} of tool_choice is not among the tools.");
        }
    }

    private static void CheckTool(Tool tool, HashSet<string> names, GrokEmulatorOptions options)
    {
        if (!tool.IsFunction)
        {
            HostedToolRules.Check(tool, options.RejectSearchHints);
            return;
        }

        var name = tool.Name!;
        if (!FunctionNames().IsMatch(name))
        {
            throw ApiException.InvalidArgument($"Invalid function name: {name}. It must be 1 to 64 characters of a-z, A-Z, 0-9, _ and -.");
        }

        if (!names.Add(name))
        {
            throw ApiException.InvalidArgument($"Duplicate function name: {name}.");
        }

        if (ToolReader.Types.Contains(name))
        {
            throw ApiException.InvalidArgument($"The function name {name} is the name of a hosted tool.");
        }

        SchemaRules.CheckParameters(tool.Parameters!.Value, name);
    }

    private static void CheckEffort(CreateRequest request, ModelInfo model)
    {
        if (request.Effort is not { } effort)
        {
            return;
        }

        if (model.Efforts.Length == 0)
        {
            throw ApiException.InvalidArgument($"Model {request.Model} does not support parameter reasoningEffort.");
        }

        if (!model.Efforts.Contains(effort == "minimal" ? "low" : effort) && !(effort == "xhigh" && model.TakesXHighAsHigh))
        {
            throw ApiException.InvalidArgument($"This model does not support `reasoning_effort` value `{effort}`");
        }
    }

    /// <summary>Returns the effort that applies; null for models without that option.</summary>
    public static string? EffectiveEffort(CreateRequest request, ModelInfo model) => request.Effort switch
    {
        null => model.DefaultEffort,
        "minimal" => "low",
        "xhigh" when model.TakesXHighAsHigh => "high",
        var effort => effort,
    };

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.None, 1000)]
    private static partial Regex FunctionNames();
}
