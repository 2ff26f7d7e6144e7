using System.Text;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>The README's code is what <see cref="ReadmeCode"/> compiles and runs.</summary>
public class ReadmeTests
{
    [Fact]
    public void README_code_equals_the_code_that_is_tested()
    {
        var readme = Blocks(Repository.PathTo("README.md")).ToList();
        var source = File.ReadAllLines(Repository.PathTo("tests/Connectors.Grok.Tests/Conventions/ReadmeCode.cs"));
        var regions = Regions(source).ToList();
        Assert.True(readme.Count >= 5);
        Assert.Equal(regions, readme);
    }

    /// <summary>The C# blocks, without their using directives.</summary>
    private static IEnumerable<string> Blocks(string file)
    {
        StringBuilder? block = null;
        foreach (var line in File.ReadLines(file))
        {
            if (line == "```csharp")
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

    private static IEnumerable<string> Regions(string[] source)
    {
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
}
