using System.Reflection;
using System.Text.RegularExpressions;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>The pages about pipelines and agents: their code is compiled, and the tests that they cite exist.</summary>
public partial class PageTests
{
    [Fact]
    public void Code_of_the_agents_page_equals_the_sample() => Assert.Empty(CodeBlocks.Differences("docs/agent-framework.md", "samples/AgentFramework"));

    [Fact]
    public void Code_of_the_pipelines_page_equals_the_compiled_code() => Assert.Empty(CodeBlocks.Differences("docs/pipelines.md", "tests/Connectors.Grok.Pipelines.Tests/PipelinesPageCode.cs"));

    [Theory]
    [InlineData("docs/pipelines.md", 15)]
    [InlineData("docs/agent-framework.md", 5)]
    public void Tests_that_a_page_cites_exist(string page, int least)
    {
        var tests = typeof(PageTests).Assembly.GetTypes().SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(static m => m.IsDefined(typeof(FactAttribute), inherit: true)).Select(static m => $"{m.DeclaringType!.Name}.{m.Name}").ToHashSet(StringComparer.Ordinal);
        var cited = Citations().Matches(File.ReadAllText(Repository.PathTo(page))).Select(static m => m.Groups["test"].Value).ToList();
        Assert.True(cited.Count >= least, $"{page} cites {cited.Count} tests.");
        Assert.All(cited, c => Assert.Contains(c, tests));
    }

    [GeneratedRegex(@"`(?<test>[A-Z]\w*Tests\.[A-Z]\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Citations();
}
