using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>
/// A kernel function goes to the model as <c>Plugin_Function</c>. Both names may hold underscores, so a call is taken apart by the
/// functions that were offered, never by guessing.
/// </summary>
internal sealed class FunctionNames(IEnumerable<AITool>? offered)
{
    private readonly Dictionary<string, KernelFunctionMetadata> _functions =
        (offered ?? []).OfType<KernelFunction>().DistinctBy(static f => ((AITool)f).Name, StringComparer.Ordinal)
        .ToDictionary(static f => ((AITool)f).Name, static f => f.Metadata, StringComparer.Ordinal);

    public (string? Plugin, string Function) Split(string name) =>
        _functions.TryGetValue(name, out var function) ? (function.PluginName, function.Name) : (null, name);

    /// <summary>The name as streamed calls carry it, which Semantic Kernel takes apart at the hyphen.</summary>
    public string Streamed(string name) =>
        Split(name) is ({ Length: > 0 } plugin, var function) ? $"{plugin}-{function}" : name;

    public static string Join(string? plugin, string function) => string.IsNullOrEmpty(plugin) ? function : $"{plugin}_{function}";
}
