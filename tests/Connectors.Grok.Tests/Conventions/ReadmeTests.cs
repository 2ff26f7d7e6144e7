namespace Connectors.Grok.Tests.Conventions;

/// <summary>The README's code is what <see cref="ReadmeCode"/> compiles and runs.</summary>
public class ReadmeTests
{
    [Fact]
    public void README_code_equals_the_code_that_is_tested()
    {
        var readme = CodeBlocks.OfPage(Repository.PathTo("README.md")).ToList();
        var regions = CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.Tests/Conventions/ReadmeCode.cs")).ToList();
        Assert.True(readme.Count >= 5);
        Assert.Equal(regions, readme);
    }
}
