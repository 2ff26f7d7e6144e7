using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>Notes which calls it saw, and ends the turn after them if it is told to.</summary>
internal sealed class Filter(bool terminates = false) : IAutoFunctionInvocationFilter
{
    public List<string> Seen { get; } = [];

    public async Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        Seen.Add($"{context.Function.PluginName}.{context.Function.Name}");
        await next(context);
        context.Terminate = terminates;
    }
}
