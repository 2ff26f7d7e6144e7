using System.Runtime.CompilerServices;
using System.Text;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>The table in the README of this package that compares it with the core.</summary>
internal static class LossTable
{
    public const string No = "**no**";
    private const string Yes = "yes";
    private const string Begin = "<!-- losses: begin -->\n";
    private const string End = "<!-- losses: end -->";

    public static string ToCell(params bool[] isPreserved) => Array.TrueForAll(isPreserved, static k => k) ? Yes : No;

    public static string Row(string feature, string package, string core) => $"| {feature} | {package} | {core} |";

    public static string Read([CallerFilePath] string file = "")
    {
        var directory = new DirectoryInfo(File.Exists(file) ? Path.GetDirectoryName(file)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Connectors.sln")))
        {
            directory = directory.Parent!;
        }

        var readme = File.ReadAllText(Path.Combine(directory.FullName, "src/Connectors.Grok.SemanticKernel/README.md"), Encoding.UTF8);
        var start = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return readme[start..readme.IndexOf(End, start, StringComparison.Ordinal)];
    }
}
