using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Agents.Tests;

/// <summary>The rows of the README's table about YAML prompts; <c>LossTests</c> checks the other rows.</summary>
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
    public async Task Readme_table_row_for_yaml_prompts_matches_behavior()
    {
        var adapter = await KeepsSwitchesAsync(Integration.Package);
        await RestartAsync();
        var row = LossTable.Row("Server-side tools of a YAML prompt, with their boolean members", LossTable.ToCell(adapter), LossTable.ToCell(await KeepsSwitchesAsync(Integration.CoreOnly)));
        Assert.Contains(row, LossTable.Read(), StringComparison.Ordinal);
    }

    private async Task<bool> KeepsSwitchesAsync(Integration integration)
    {
        await integration.Kernel(Client()).InvokeAsync(KernelFunctionYaml.FromPromptYaml(Prompt));
        return Requests[^1].Body.Contains("\"enable_image_understanding\":true", StringComparison.Ordinal);
    }
}
