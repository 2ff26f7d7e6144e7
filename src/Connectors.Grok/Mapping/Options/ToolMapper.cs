using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Maps tools and tool modes to the wire.</summary>
internal static class ToolMapper
{
    // The names under which other libraries keep the flag.
    private static readonly string[] StrictKeys = [GrokKeys.Tool.Strict, "strictJsonSchema"];

    public static ResponseTool ToTool(AITool? tool, ChatOptions options, DeferredTools deferred, MappingDiagnostics notes) => tool switch
    {
        null => throw new ArgumentException("A tool is null.", nameof(options)),
        AIFunctionDeclaration function => new FunctionTool
        {
            Name = ReservedNames.ToWire(function.Name),
            Description = string.IsNullOrEmpty(function.Description) ? null : function.Description,
            Parameters = SchemaMapper.ToParameters(function),
            Strict = Strict(function, notes) ?? options.AdditionalProperties.GetBool(GrokKeys.Request.Strict),
            DeferLoading = deferred.IsDeferred(function),
        },
        _ => HostedToolMapper.ToTool(tool, deferred, notes)
            // A tool that holds a wire tool.
            ?? tool.GetService<ResponseTool>()
            ?? throw new NotSupportedException($"The tool '{tool.Name}' ({tool.GetType().Name}) cannot be sent to xAI's Responses API by this version."),
    };

    /// <summary>Maps the tool choice, which is sent only with tools, because the service rejects it alone.</summary>
    public static ToolChoice? ToChoice(ChatToolMode? mode) => mode switch
    {
        null => null,
        NoneChatToolMode => ToolChoice.None,
        RequiredChatToolMode { RequiredFunctionName: { } name } => new ToolChoice { FunctionName = ReservedNames.ToWire(name) },
        RequiredChatToolMode => ToolChoice.Required,
        _ => ToolChoice.Auto,
    };

    /// <summary>Reads the strict flag of a function, and notes its other additional properties.</summary>
    private static bool? Strict(AIFunctionDeclaration function, MappingDiagnostics notes)
    {
        bool? strict = null;
        foreach (var (key, value) in function.AdditionalProperties)
        {
            if (StrictKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                strict ??= function.AdditionalProperties.GetBool(key);
            }
            else if (value is not null && !key.Equals(GrokKeys.Tool.DeferLoading, StringComparison.OrdinalIgnoreCase))
            {
                notes.Option($"the setting '{key}' of a function");
            }
        }

        return strict;
    }
}
