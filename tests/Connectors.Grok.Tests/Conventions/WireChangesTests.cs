using System.Text.RegularExpressions;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>The table of changes at the end of docs/wire.md: complete, without an open row, and with tests that exist.</summary>
public partial class WireChangesTests
{
    private const int Changes = 56;

    private static readonly List<string[]> Rows = [.. File.ReadLines(Repository.PathTo("docs/wire.md"))
        .SkipWhile(static l => l != "## The changes of October 2026").Where(static l => Number().IsMatch(l))
        .Select(static l => l.Trim('|', ' ').Split(" | "))];

    [Fact]
    public void Table_has_every_change_once_and_none_is_open()
    {
        Assert.Equal(Enumerable.Range(1, Changes).Select(static n => $"{n}"), Rows.Select(static r => r[0]));
        Assert.All(Rows, static r => Assert.True(r.Length == 5 && Array.TrueForAll(r, static cell => cell.Trim().Length > 0), string.Join(" | ", r)));
        Assert.DoesNotContain(Rows, static r => Array.Exists(r, static cell => Open().IsMatch(cell)));
    }

    [Fact]
    public void Every_test_of_the_table_exists()
    {
        var sources = Directory.GetFiles(Repository.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(static f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToLookup(static f => Path.GetFileNameWithoutExtension(f)!, StringComparer.Ordinal);
        var tests = Rows.SelectMany(static r => Test().Matches(r[4]).Select(static m => (Class: m.Groups[1].Value, Method: m.Groups[2].Value))).Distinct().ToList();
        Assert.True(tests.Count > 30);
        Assert.DoesNotContain(tests, t => !sources[t.Class].Any(f => Regex.IsMatch(File.ReadAllText(f), $@"\b(?:void|Task) {t.Method}\(", RegexOptions.None, TimeSpan.FromSeconds(10))));
    }

    [GeneratedRegex(@"^\| [0-9]+ \|", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\b(?:open|todo|missing)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Open();

    [GeneratedRegex("`(?<class>[A-Za-z0-9]+)\\.(?<method>[A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Test();
}
