using System.Text;
using Connectors.Grok.Emulator.Clients.Support;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>Clients nobody here wrote, against the emulator: what each can do, and what it makes of each fault.</summary>
public sealed class MatrixTests(NodePackages node) : IClassFixture<NodePackages>
{
    private const string Key = "xai-right-key";
    private const string Begin = "<!-- matrix: begin -->";
    private const string End = "<!-- matrix: end -->";

    /// <summary>What fails for a reason of the client's own; a check that passes again makes its reason wrong.</summary>
    private static readonly Dictionary<(string Client, string Check), string> Reasons = new()
    {
        [("openai", "fault: end")] = "ends quietly: the client does not miss the terminal event",
        [("@ai-sdk/xai", "retrieve")] = "the client has no such call",
        [("@ai-sdk/xai", "delete")] = "the client has no such call",
        [("@ai-sdk/xai", "fault: end")] = "ends quietly: the client does not miss the terminal event",
        [(DotNetClient.Name, "fault: end")] = "ends quietly: the client does not miss the terminal event",
        [(DotNetClient.Name, "fault: untyped-error")] = "ends quietly: the client passes over frames without a type",
        [(DotNetClient.Name, "fault: nested-error")] = "ends quietly: the client passes over frames without a type",
        [(DotNetClient.Name, "fault: error-object")] = "ends quietly: the client passes over frames without a type",
        [(DotNetClient.Name, "fault: gzip")] = "the client does not unpack what it did not ask for",
        [("@ai-sdk/xai", "fault: unknown-events")] = "the client reports an event it does not know as an error",
    };

    private static readonly string[] Clients = ["openai", "@ai-sdk/xai", DotNetClient.Name];

    [Fact]
    public async Task Every_client_passes_every_check_or_the_reason_is_known()
    {
        var results = await RunAllAsync();
        var wrong = results.Where(result => result.Ok == Reasons.ContainsKey((result.Client, result.Check)));
        Assert.Empty(wrong.Select(result => result.Ok ? $"{result.Client}, {result.Check}: passes, so its reason is wrong" : $"{result.Client}, {result.Check}: {result.Note}"));
        Assert.Equal(Clients.Length, results.CountBy(result => result.Check).Select(check => check.Value).Distinct().Single());
        Assert.All(FaultNames(), name => Assert.Contains(results, result => result.Check == $"fault: {name}"));

        // EMULATOR_MATRIX=write writes the table anew; otherwise a stale one fails.
        var path = Repository.PathTo("src/Connectors.Grok.Emulator/README.md");
        var readme = await File.ReadAllTextAsync(path);
        var (start, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        var fresh = $"{readme[..start]}\n{Table(results)}{readme[end..]}";
        if (Environment.GetEnvironmentVariable("EMULATOR_MATRIX") == "write")
        {
            await File.WriteAllTextAsync(path, fresh);
        }
        else
        {
            Assert.True(fresh == readme, "The matrix in the README is not what was just found. Run the tests with EMULATOR_MATRIX=write.");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{results.Count(result => result.Ok)} of {results.Count} checks pass, {Reasons.Count} have a reason");
    }

    private async Task<IReadOnlyList<CheckResult>> RunAllAsync()
    {
        node.SkipIfMissing();
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ApiKey = Key });
        var address = emulator.BaseAddress.ToString();
        var results = new List<CheckResult>();
        foreach (var script in (string[])["openai.mjs", "xai.mjs"])
        {
            results.AddRange((await node.RunAsync(script, address, Key)).Select(CheckResult.Parse));
        }

        results.AddRange(await new DotNetClient(emulator.BaseAddress, Key).RunAsync());

        // Who aborts really leaves: twice for each client, once in the check of the stall.
        var left = 0;
        foreach (var request in emulator.Requests.Where(request => request.Headers.GetValueOrDefault("x-emulator-fault")?.StartsWith("stall", StringComparison.Ordinal) == true))
        {
            left += await request.Outcome.WaitAsync(TimeSpan.FromMinutes(1)) == RequestOutcome.ClientDisconnected ? 1 : 0;
        }

        Assert.Equal(2 * Clients.Length, left);
        return results;
    }

    private static string Table(IReadOnlyList<CheckResult> results)
    {
        var table = new StringBuilder($"\n| Check | {string.Join(" | ", Clients.Select(Title))} |\n|---|{string.Concat(Clients.Select(_ => "---|"))}\n");
        foreach (var check in results.Select(result => result.Check).Distinct())
        {
            var cells = Clients.Select(client => results.Single(result => result.Client == client && result.Check == check).Ok ? "passes" : Reasons.GetValueOrDefault((client, check), "fails"));
            table.Append($"| {check} | {string.Join(" | ", cells)} |\n");
        }

        return table.Append('\n').ToString();
    }

    private static string Title(string client)
    {
        if (client == DotNetClient.Name)
        {
            return $"`{client}` {typeof(OpenAI.Responses.ResponsesClient).Assembly.GetName().Version!.ToString(3)} (.NET)";
        }

        using var packages = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "node", "package.json")));
        return $"`{client}` {packages.RootElement.GetProperty("dependencies").GetProperty(client).GetString()} (Node)";
    }

    /// <summary>Every name of the catalogue but the general one, which makes any of the others.</summary>
    private static IEnumerable<string> FaultNames() => FaultCatalog.Names.Select(known => known.Name).Where(name => name != "status");
}
