using System.Text;
using Connectors.Grok.Emulator.Clients.Support;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>Runs clients of other authors against the emulator, and compares the results with the table of the README.</summary>
public sealed class MatrixTests(NodePackages node)
{
    private const string Key = "xai-right-key";
    private const string Begin = "<!-- matrix: begin -->";
    private const string End = "<!-- matrix: end -->";
    private const string Unsupported = "not supported by the client";
    private const string EndIgnored = "no error: the client does not check for the terminal event";
    private const string ErrorsIgnored = "no error: the client ignores errors in a stream";
    private const string JsonIgnored = "no text: the client reads JSON as a stream without events";

    /// <summary>The checks that fail because of the client, with the reason. A listed check that passes fails the test.</summary>
    private static readonly Dictionary<(string Client, string Check), string> Reasons = new()
    {
        [("openai", "fault: json-answer")] = JsonIgnored,
        [("@ai-sdk/xai", "fault: json-answer")] = JsonIgnored,
        [("@langchain/xai", "fault: json-answer")] = JsonIgnored,
        [(DotNetClient.Name, "fault: json-answer")] = JsonIgnored,
        [("@langchain/xai", "stream with gap-free sequence numbers")] = Unsupported,
        [("@langchain/xai", "reasoning")] = Unsupported,
        [("@langchain/xai", "encrypted replay")] = Unsupported,
        [("@langchain/xai", "function call")] = Unsupported,
        [("@langchain/xai", "streamed function call")] = Unsupported,
        [("@langchain/xai", "citations")] = Unsupported,
        [("@langchain/xai", "retrieve")] = Unsupported,
        [("@langchain/xai", "delete")] = Unsupported,
        [("@langchain/xai", "fault: error-first")] = ErrorsIgnored,
        [("@langchain/xai", "fault: untyped-error")] = ErrorsIgnored,
        [("@langchain/xai", "fault: nested-error")] = ErrorsIgnored,
        [("@langchain/xai", "fault: error-event")] = ErrorsIgnored,
        [("@langchain/xai", "fault: at-capacity-event")] = ErrorsIgnored,
        [("@langchain/xai", "fault: error-object")] = ErrorsIgnored,
        [("@langchain/xai", "fault: failed")] = ErrorsIgnored,
        [("@langchain/xai", "fault: end")] = EndIgnored,
        [("openai", "fault: end")] = EndIgnored,
        [("@ai-sdk/xai", "retrieve")] = Unsupported,
        [("@ai-sdk/xai", "delete")] = Unsupported,
        [("@ai-sdk/xai", "fault: end")] = EndIgnored,
        [(DotNetClient.Name, "fault: end")] = EndIgnored,
        [(DotNetClient.Name, "fault: untyped-error")] = "no error: the client ignores events without a type",
        [(DotNetClient.Name, "fault: nested-error")] = "no error: the client ignores events without a type",
        [(DotNetClient.Name, "fault: at-capacity-event")] = "no error: the client ignores events without a type",
        [(DotNetClient.Name, "fault: error-object")] = "no error: the client ignores events without a type",
        [(DotNetClient.Name, "fault: gzip")] = "fails: the client decompresses only responses that it requested compressed",
        [("@ai-sdk/xai", "fault: unknown-events")] = "fails: the client reports an unknown event as an error",
    };

    private static readonly string[] Clients = ["openai", "@ai-sdk/xai", "@langchain/xai", DotNetClient.Name];

    [Fact]
    public async Task Outside_clients_pass_every_check_except_those_with_a_known_reason()
    {
        var results = await RunAllAsync();
        var wrong = results.Where(result => result.Ok == Reasons.ContainsKey((result.Client, result.Check)));
        Assert.Empty(wrong.Select(result => result.Ok ? $"{result.Client}, {result.Check}: passes although a reason for its failure is listed" : $"{result.Client}, {result.Check}: {result.Note}"));
        Assert.Equal(Clients.Length, results.CountBy(result => result.Check).Select(check => check.Value).Distinct().Single());
        Assert.All(FaultNames(), name => Assert.Contains(results, result => result.Check == $"fault: {name}"));

        // EMULATOR_MATRIX=write updates the table; otherwise the test fails when the table is out of date.
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
            Assert.True(fresh == readme, "The table in the README does not match the results. Run the tests with EMULATOR_MATRIX=write to update it.");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{results.Count(result => result.Ok)} of {results.Count} checks pass, {Reasons.Count} fail for a known reason");
    }

    private async Task<IReadOnlyList<CheckResult>> RunAllAsync()
    {
        node.SkipIfMissing();
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ApiKey = Key });
        var address = emulator.BaseAddress.ToString();
        var results = new List<CheckResult>();
        foreach (var script in (string[])["openai.mjs", "xai.mjs", "langchain.mjs"])
        {
            results.AddRange((await node.RunAsync(script, address, Key)).Select(CheckResult.Parse));
        }

        results.AddRange(await new DotNetClient(emulator.BaseAddress, Key).RunAsync());

        // A client that aborts must disconnect: twice for each client, in the checks "abort" and "fault: stall".
        var disconnected = 0;
        foreach (var request in emulator.Requests.Where(request => request.Headers.GetValueOrDefault("x-emulator-fault")?.StartsWith("stall", StringComparison.Ordinal) == true))
        {
            disconnected += await request.Outcome.WaitAsync(TimeSpan.FromMinutes(1)) == RequestOutcome.ClientDisconnected ? 1 : 0;
        }

        Assert.Equal(2 * Clients.Length, disconnected);
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

    /// <summary>The names of the faults except "status", which stands for an arbitrary HTTP error.</summary>
    private static IEnumerable<string> FaultNames() => FaultCatalog.Names.Select(known => known.Name).Where(name => name != "status");
}
