using Connectors.Grok.Tests;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Runs the scripts shown in the README.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task Readme_scripts_compile_and_are_shown_unchanged()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        #region scripts
        emulator.Script
            .Reply("Plain text.")                                              // a queue: one reply for one request
            .Reply(r => r.Reasoning("The user asks for rain.").Call("get_weather", """{"city":"Oslo"}"""))
            .Reply(r => r.WebSearch("rain oslo", "https://a.example/").Text("It rains").Cite("https://a.example/").Text(" in Oslo."));
        emulator.Script.WhenText("refund").Always(r => r.Refuse("No refunds."));               // rules go before the queue
        emulator.Script.When(request => request.PreviousResponseId is not null).Reply("Again.");
        emulator.Script.WhenText("echo").Always((request, r) => r.Text(request.LastUserText!));  // computed from the request that it answers
        #endregion
        Assert.Equal(4, emulator.Script.Count);
        Assert.All(ShownRegions(), region => Assert.Contains(region, Readme(), StringComparison.Ordinal));
        Assert.Single(ShownRegions());
    }

    private static IReadOnlyList<string> ShownRegions()
    {
        var source = File.ReadAllLines(Repository.PathTo("tests/Connectors.Grok.Emulator.Tests/ReadmeTests.cs"));
        var regions = new List<string>();
        for (var line = 0; line < source.Length; line++)
        {
            if (source[line].Trim() != "#region scripts")
            {
                continue;
            }

            regions.Add(string.Join('\n', source.Skip(line + 1).TakeWhile(text => text.Trim() != "#endregion").Select(text => text.Length > 8 ? text[8..] : text)));
        }

        return regions;
    }

    private static string Readme() => File.ReadAllText(Repository.PathTo("src/Connectors.Grok.Emulator/README.md"));
}
