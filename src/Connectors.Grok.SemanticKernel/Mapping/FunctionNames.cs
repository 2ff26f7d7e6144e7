using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>
/// Splits function names. A kernel function is sent to the model as <c>Plugin_Function</c>. Both names can contain underscores, so a name is
/// looked up among the offered functions instead of being split at an underscore.
/// </summary>
internal sealed class FunctionNames
{
    private readonly Dictionary<string, (string? Plugin, string Function)> _names = new(StringComparer.Ordinal);

    /// <summary>Reads the names from the functions that a request offers.</summary>
    public static FunctionNames FromOptions(ChatOptions options)
    {
        var names = new FunctionNames();
        foreach (var function in (options.Tools ?? []).OfType<KernelFunction>())
        {
            names._names[((AITool)function).Name] = (function.PluginName, function.Name);
        }

        return names;
    }

    /// <summary>Reads the names from streamed calls.</summary>
    public static FunctionNames FromChunks(IEnumerable<StreamingChatMessageContent> chunks)
    {
        var names = new FunctionNames();
        foreach (var name in chunks.SelectMany(static c => c.Items).OfType<StreamingFunctionCallUpdateContent>().Select(static c => c.Name))
        {
            if (name?.IndexOf('-', StringComparison.Ordinal) is > 0 and var hyphen)
            {
                var (plugin, function) = (name[..hyphen], name[(hyphen + 1)..]);
                names._names[Join(plugin, function)] = (plugin, function);
            }
        }

        return names;
    }

    public (string? Plugin, string Function) Split(string name) => _names.TryGetValue(name, out var split) ? split : (null, name);

    /// <summary>The name for streamed calls, which Semantic Kernel splits at the hyphen.</summary>
    public string Hyphenated(string name) => Split(name) is ({ Length: > 0 } plugin, var function) ? $"{plugin}-{function}" : name;

    public static string Join(string? plugin, string function) => string.IsNullOrEmpty(plugin) ? function : $"{plugin}_{function}";
}
