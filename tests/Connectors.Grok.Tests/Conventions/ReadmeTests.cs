namespace Connectors.Grok.Tests.Conventions;

/// <summary>The code of the README and of docs/getting-started.md is what <see cref="GettingStartedCode"/> compiles and runs.</summary>
public class ReadmeTests
{
    private static IEnumerable<string> Regions => CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.Tests/Conventions/GettingStartedCode.cs"));

    [Fact]
    public void Code_of_the_page_equals_the_code_that_is_tested() =>
        Assert.Equal(Regions, CodeBlocks.OfPage(Repository.PathTo("docs/getting-started.md")));

    [Fact]
    public void README_shows_the_first_program() => Assert.Equal(Regions.Take(1), CodeBlocks.OfPage(Repository.PathTo("README.md")));

    [Fact]
    public void README_is_short() => Assert.InRange(File.ReadAllLines(Repository.PathTo("README.md")).Length, 50, 150);
}
