using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>
/// A kernel function goes to the model as <c>Plugin_Function</c>. Both names may hold underscores, so a call is taken apart by the
/// functions that were offered, never by guessing.
/// </summary>
internal sealed class FunctionNames
{
    private readonly Dictionary<string, (string? Plugin, string Function)> _names = new(StringComparer.Ordinal);

    public static FunctionNames Offered(ChatOptions options)
    {
        var names = new FunctionNames();
        foreach (var function in (options.Tools ?? []).OfType<KernelFunction>())
        {
            names._names[((AITool)function).Name] = (function.PluginName, function.Name);
        }

        return names;
    }

    /// <summary>The names that streamed calls were given.</summary>
    public static FunctionNames Streamed(IEnumerable<StreamingChatMessageContent> chunks)
    {
        var names = new FunctionNames();
        foreach (var name in chunks.SelectMany(static c => c.Items).OfType<StreamingFunctionCallUpdateContent>().Select(static c => c.Name))
        {
            if (name?.IndexOf('-', StringComparison.Ordinal) is > 0 and var at)
            {
                var (plugin, function) = (name[..at], name[(at + 1)..]);
                names._names[Join(plugin, function)] = (plugin, function);
            }
        }

        return names;
    }

    public (string? Plugin, string Function) Split(string name) => _names.TryGetValue(name, out var apart) ? apart : (null, name);

    /// <summary>The name as streamed calls carry it, which Semantic Kernel takes apart at the hyphen.</summary>
    public string Hyphenated(string name) => Split(name) is ({ Length: > 0 } plugin, var function) ? $"{plugin}-{function}" : name;

    public static string Join(string? plugin, string function) => string.IsNullOrEmpty(plugin) ? function : $"{plugin}_{function}";
}
