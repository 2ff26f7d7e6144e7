using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Agents.Tests;

/// <summary>Invalid settings in YAML prompt files.</summary>
public sealed class YamlBadInputTests : KernelTest
{
    [Theory]
    [InlineData("tools: [web_serch]", "web_serch")]
    [InlineData("tools: [{ name: web_search }]", "without a type")]
    [InlineData("temperature: warm", "temperature")]
    [InlineData("max_tokens: 1.5", "max_tokens")]
    [InlineData("store: maybe", "store")]
    [InlineData("stop_sequences: [[a]]", "stop_sequences")]
    [InlineData("extra_body: none", "extra_body")]
    public async Task Invalid_setting_in_yaml_prompt_throws_kernel_exception(string setting, string word)
    {
        var function = KernelFunctionYaml.FromPromptYaml($"name: Bad\ntemplate: Hello.\nexecution_settings:\n  default:\n    {setting}\n");
        var failure = await Assert.ThrowsAsync<KernelException>(() => Integration.Package.Kernel(Client()).InvokeAsync(function));
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Requests);
    }
}
