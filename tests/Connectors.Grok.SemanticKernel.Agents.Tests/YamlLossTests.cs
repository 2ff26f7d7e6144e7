using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Agents.Tests;

/// <summary>The rows of the README's table that need YAML prompts; <c>LossTests</c> checks the others.</summary>
public sealed class YamlLossTests : KernelTest
{
    private const string Prompt = """
        name: Search
        template: Search the web.
        execution_settings:
          default:
            tools:
              - type: web_search
                enable_image_understanding: true
        """;

    [Fact]
    public async Task The_readme_says_what_each_way_keeps_of_a_yaml_prompt()
    {
        var adapter = await KeepsSwitchesAsync(Way.Adapter);
        await RestartAsync();
        var row = LossTable.Row("Hosted tools of a YAML prompt, with their switches", LossTable.Told(adapter), LossTable.Told(await KeepsSwitchesAsync(Way.Plain)));
        Assert.Contains(row, LossTable.Read(), StringComparison.Ordinal);
    }

    private async Task<bool> KeepsSwitchesAsync(Way way)
    {
        await way.Kernel(Client()).InvokeAsync(KernelFunctionYaml.FromPromptYaml(Prompt));
        return Requests[^1].Body.Contains("\"enable_image_understanding\":true", StringComparison.Ordinal);
    }
}
