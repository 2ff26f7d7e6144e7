using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Converts wire tools to tools of Microsoft.Extensions.AI.</summary>
public static class GrokToolExtensions
{
    /// <summary>Wraps a wire tool that is sent exactly as given, for tools that neither Microsoft.Extensions.AI nor this library supports.</summary>
    /// <param name="tool">The wire tool, such as an <see cref="UnknownTool"/> with your own JSON.</param>
    /// <returns>A tool for <c>ChatOptions.Tools</c>; its <c>GetService</c> returns the wire tool.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tool"/> is null.</exception>
    /// <seealso href="https://docs.x.ai/docs/guides/tools/overview">xAI: tools</seealso>
    public static AITool AsAITool(this ResponseTool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new WireTool(tool);
    }

    private sealed class WireTool(ResponseTool tool) : AITool
    {
        // Hosts show and match the name of the function.
        public override string Name => (tool as FunctionTool)?.Name ?? tool.Type;

        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(tool) ? tool : base.GetService(serviceType, serviceKey);
    }
}
