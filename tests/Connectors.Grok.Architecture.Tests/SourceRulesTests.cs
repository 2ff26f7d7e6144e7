using Connectors.Grok.Tests;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>Rules for every source file of the packages.</summary>
public class SourceRulesTests
{
    private static IEnumerable<string> Sources =>
        Directory.GetFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories).Where(static f => !f.Contains("/obj/", StringComparison.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_300_lines() => Assert.DoesNotContain(Sources, static f => File.ReadLines(f).Count() > 300);

    [Fact]
    public void No_source_file_disables_a_warning() => Assert.DoesNotContain(Sources, static f => File.ReadAllText(f).Contains("#pragma", StringComparison.Ordinal));
}
