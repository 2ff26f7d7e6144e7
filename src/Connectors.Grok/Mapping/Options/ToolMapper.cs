using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Tools and tool modes → wire.</summary>
internal static class ToolMapper
{
    public static ResponseTool ToTool(AITool? tool, ChatOptions options) => tool switch
    {
        null => throw new ArgumentException("A tool is null.", nameof(options)),
        AIFunctionDeclaration function => new FunctionTool
        {
            Name = function.Name,
            Description = string.IsNullOrEmpty(function.Description) ? null : function.Description,
            Parameters = SchemaMapper.ToParameters(function),
            Strict = function.AdditionalProperties.GetBool(GrokKeys.Tool.Strict) ?? options.AdditionalProperties.GetBool(GrokKeys.Request.Strict),
        },
        _ => HostedToolMapper.ToTool(tool)
            // A tool that carries the wire's own form, whatever it is.
            ?? tool.GetService<ResponseTool>()
            ?? throw new NotSupportedException($"The tool '{tool.Name}' ({tool.GetType().Name}) cannot be sent to xAI's Responses API by this version."),
    };

    /// <summary>The tool choice; only sent along with tools, because the service refuses it alone.</summary>
    public static ToolChoice? ToChoice(ChatToolMode? mode) => mode switch
    {
        null => null,
        NoneChatToolMode => ToolChoice.None,
        RequiredChatToolMode { RequiredFunctionName: { } name } => new ToolChoice { FunctionName = name },
        RequiredChatToolMode => ToolChoice.Required,
        _ => ToolChoice.Auto,
    };
}
