using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Tools of the wire as tools of Microsoft.Extensions.AI.</summary>
public static class GrokToolExtensions
{
    /// <summary>A tool that is sent exactly as given, for what neither Microsoft.Extensions.AI nor this library supports.</summary>
    /// <param name="tool">The wire's tool, such as an <see cref="UnknownTool"/> with your own JSON.</param>
    /// <returns>A tool for <c>ChatOptions.Tools</c>; its <c>GetService</c> answers the wire's tool.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tool"/> is null.</exception>
    /// <seealso href="https://docs.x.ai/docs/guides/tools/overview">xAI: tools</seealso>
    public static AITool AsAITool(this ResponseTool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new WireTool(tool);
    }

    private sealed class WireTool(ResponseTool tool) : AITool
    {
        // A host that shows or matches names wants the function's own.
        public override string Name => (tool as FunctionTool)?.Name ?? tool.Type;

        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(tool) ? tool : base.GetService(serviceType, serviceKey);
    }
}
