using Connectors.Grok.Tests;

namespace Connectors.Grok.Hosting.Tests.Support;

/// <summary>Compares the C# blocks of a page with the regions of the class that compiles and runs them.</summary>
internal static class PageCode
{
    public static void AssertSame(string page, string source)
    {
        var blocks = CodeBlocks.OfPage(Repository.PathTo(page)).ToList();
        Assert.NotEmpty(blocks);
        Assert.Equal(CodeBlocks.OfSource(Repository.PathTo($"tests/Connectors.Grok.Hosting.Tests/{source}")), blocks);
    }
}
