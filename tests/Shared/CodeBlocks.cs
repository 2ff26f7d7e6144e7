using System.Text;

namespace Connectors.Grok.Tests;

/// <summary>The code of documents, and the regions of sources that must equal it.</summary>
internal static class CodeBlocks
{
    /// <summary>The C# blocks of a page, without their using directives.</summary>
    /// <param name="file">The path of the page.</param>
    /// <param name="language">What the fence of a block names: <c>csharp</c> for blocks of one program, <c>cs</c> for those that need other packages or are programs of their own.</param>
    public static IEnumerable<string> OfPage(string file, string language = "csharp")
    {
        StringBuilder? block = null;
        foreach (var line in File.ReadLines(file))
        {
            if (line == $"```{language}")
            {
                block = new StringBuilder();
            }
            else if (line == "```" && block is not null)
            {
                yield return block.ToString().Trim();
                block = null;
            }
            else if (block is not null && !(line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal)))
            {
                block.Append(line.TrimEnd()).Append('\n');
            }
        }
    }

    /// <summary>The regions of a source file.</summary>
    public static IEnumerable<string> OfSource(string file)
    {
        var source = File.ReadAllLines(file);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i].TrimStart().StartsWith("#region", StringComparison.Ordinal))
            {
                var indent = source[i].Length - source[i].TrimStart().Length;
                var lines = source.Skip(i + 1).TakeWhile(static l => !l.TrimStart().StartsWith("#endregion", StringComparison.Ordinal));
                yield return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..].TrimEnd() : "")).Trim();
            }
        }
    }

    /// <summary>Compares a page with the sources that compile its code, whatever their order.</summary>
    /// <param name="page">The page, relative to the repository.</param>
    /// <param name="sources">The sources, relative to the repository. A folder stands for its C# files.</param>
    /// <returns>The blocks that no region compiles, and the regions that the page does not show.</returns>
    public static IReadOnlyList<string> Differences(string page, params string[] sources)
    {
        var files = sources.Select(Repository.PathTo).SelectMany(static s => Directory.Exists(s) ? Directory.GetFiles(s, "*.cs") : [s]);
        var (shown, compiled) = (OfPage(Repository.PathTo(page)).ToList(), files.SelectMany(OfSource).ToList());
        return
        [
            .. shown.Except(compiled, StringComparer.Ordinal).Select(b => $"{page} shows code that nothing compiles:\n{b}"),
            .. compiled.Except(shown, StringComparer.Ordinal).Select(r => $"{page} does not show:\n{r}"),
        ];
    }
}
