using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>Records the invoked functions, and optionally ends the turn after them.</summary>
internal sealed class Filter(bool terminates = false) : IAutoFunctionInvocationFilter
{
    public List<string> Calls { get; } = [];

    public async Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        Calls.Add($"{context.Function.PluginName}.{context.Function.Name}");
        await next(context);
        context.Terminate = terminates;
    }
}
