using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Agents.Tests;

/// <summary>Prompt files in YAML, with this package and with the core only.</summary>
public abstract class YamlPromptTests(Integration integration) : KernelTest
{
    private const string SearchPrompt = """
        name: Search
        template: Search the web for {{$topic}}.
        template_format: semantic-kernel
        input_variables:
          - name: topic
        execution_settings:
          default:
            temperature: 0.2
            store: false
            tools:
              - type: web_search
                allowed_domains:
                  - example.com
        """;

    [Fact]
    public async Task Yaml_prompt_file_sends_the_web_search_tool()
    {
        var kernel = integration.Kernel(Client());
        var result = await kernel.InvokeAsync(KernelFunctionYaml.FromPromptYaml(SearchPrompt), new() { ["topic"] = "Grok" });
        Assert.NotEmpty(result.ToString());
        Requests[0].ShouldSay("Search the web for Grok.").ShouldNotBeStored();
        var tool = Wire.Member(Requests[0], "tools")!.Value[0];
        Assert.Equal("web_search", tool.GetProperty("type").GetString());
        Assert.Equal("example.com", tool.GetProperty("allowed_domains")[0].GetString());
        Assert.Equal(0.2, Wire.Member(Requests[0], "temperature")?.GetDouble());
    }
}

public sealed class PackageYamlPromptTests() : YamlPromptTests(Integration.Package);

public sealed class CoreYamlPromptTests() : YamlPromptTests(Integration.CoreOnly);
