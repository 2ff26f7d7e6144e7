using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>Describes the machine and the runtime of the measurement.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"{Name()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Split('#')[0].Trim()}, {RuntimeInformation.FrameworkDescription}; "
        + $"Connectors.Grok {Version<GrokChatClient>()}, Microsoft.Extensions.AI.Abstractions {Version<IChatClient>()}, OpenAI {Version<OpenAI.Responses.ResponsesClient>()}, Microsoft.Extensions.AI.OpenAI {typeof(OpenAIClientExtensions).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The name of the processor.</summary>
    public static string Name()
    {
        const string Information = "/proc/cpuinfo";
        var line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Version<T>() => typeof(T).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
