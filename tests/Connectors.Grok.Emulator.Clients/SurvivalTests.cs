using Connectors.Grok.Emulator.Clients.Support;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>The test that the README shows.</summary>
public sealed class SurvivalTests
{
    #region survival
    [Fact]
    public async Task My_agent_survives_a_429_a_cut_stream_and_an_expired_conversation()
    {
        await using var emulator = await GrokEmulator.StartAsync();
        var agent = new MyAgent(emulator.BaseAddress);              // yours, over any chat client that takes a base address
        await agent.AskAsync("My name is Alice.");
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
        emulator.Faults.Enqueue(Fault.CutAfter(6));
        Assert.Contains("Alice", await agent.AskAsync("What's my name?"), StringComparison.Ordinal);
        emulator.ExpireResponses();
        Assert.Contains("Alice", await agent.AskAsync("What's my name?"), StringComparison.Ordinal);
        emulator.Requests[^1].ShouldContinueNothing();
    }
    #endregion

    [Fact]
    public async Task Agent_throws_when_every_try_is_cut_off()
    {
        await using var emulator = await GrokEmulator.StartAsync();
        var agent = new MyAgent(emulator.BaseAddress);
        await agent.AskAsync("My name is Alice.");
        for (var cut = 0; cut < 3; cut++)
        {
            emulator.Faults.Enqueue(Fault.CutAfter(6));
        }

        await Assert.ThrowsAnyAsync<Exception>(() => agent.AskAsync("What's my name?"));
    }

    [Fact]
    public void Readme_shows_the_survival_test_and_every_fault()
    {
        var root = Repository.PathTo();
        var readme = File.ReadAllText(Path.Combine(root, "src", "Connectors.Grok.Emulator", "README.md"));
        var source = File.ReadAllLines(Path.Combine(root, "tests", "Connectors.Grok.Emulator.Clients", "SurvivalTests.cs"));
        var region = source.SkipWhile(line => !line.Contains("#region survival", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains("#endregion", StringComparison.Ordinal))
            .Select(line => line.Length > 4 ? line[4..] : line).ToList();
        Assert.Contains(string.Join('\n', region), readme, StringComparison.Ordinal);
        Assert.InRange(region.Count(line => line.StartsWith("    ", StringComparison.Ordinal)), 1, 9);
        Assert.All(FaultCatalog.Names, known => Assert.Contains($"| `{known.Name}` | {known.Meaning} |", readme, StringComparison.Ordinal));
    }
}
