using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Clients.Support;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>Runs the examples of the README of the tool, in the languages that are installed.</summary>
public sealed partial class ExampleTests(NodePackages node)
{
    [Fact]
    public async Task Node_example_of_the_tool_prints_the_name_and_the_status_of_the_fault()
    {
        node.SkipIfMissing();
        Assert.Equal("Your name is Alice.\n429", await RunAsync("node", "example.mjs", Blocks("js").Single()));
    }

    [Fact]
    public async Task Python_example_without_a_package_prints_the_name_and_the_status_of_the_fault() =>
        Assert.Equal("Your name is Alice.\n429", await RunAsync("python3", "plain.py", Blocks("python")[1]));

    [Fact]
    public async Task Python_example_with_the_package_openai_prints_the_name()
    {
        await using var emulator = await GrokEmulator.StartAsync();
        Assert.SkipUnless(await node.RunProgramAsync(emulator.BaseAddress, "python3", "-c", "import openai") is (0, _), "Python or its package openai is not installed.");
        Assert.Equal("Your name is Alice.", await RunAsync("python3", "package.py", Blocks("python")[0]));
    }

    [Fact]
    public async Task Script_of_the_tool_is_valid_for_the_schema_and_the_emulator()
    {
        var script = Blocks("json").Single();
        Assert.False(ScriptFile.Parse("replies.json", System.Text.Encoding.UTF8.GetBytes(script)).IsStrict);
        node.SkipIfMissing();
        await File.WriteAllTextAsync(node.FileOf("replies.json"), script);
        await File.WriteAllTextAsync(node.FileOf("wrong.json"), """{"replies": [[{"cal": {"name": "f"}}]]}""");
        var results = await node.RunAsync("script.mjs", Repository.PathTo("docs/grok-emulator-script.schema.json"), "replies.json", "wrong.json");
        Assert.Equal("valid", results[0]);
        Assert.StartsWith("invalid", results[1], StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string program, string file, string source)
    {
        await using var emulator = await GrokEmulator.StartAsync();
        await File.WriteAllTextAsync(node.FileOf(file), source);
        var result = await node.RunProgramAsync(emulator.BaseAddress, program, file);
        Assert.SkipWhen(result is null, $"The program {program} was not found.");
        Assert.True(result!.Value.Code == 0, result.Value.Output);
        return result.Value.Output.Trim();
    }

    private static IReadOnlyList<string> Blocks(string language) =>
        [.. Block().Matches(File.ReadAllText(Repository.PathTo("src/Connectors.Grok.Emulator.Tool/README.md"))).Where(block => block.Groups["language"].Value == language).Select(static block => block.Groups["code"].Value)];

    [GeneratedRegex("^```(?<language>[a-z]+)\\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Block();
}
