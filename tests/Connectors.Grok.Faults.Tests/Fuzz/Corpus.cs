using System.Text;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator;
using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>The answers to mutate: the output of the emulator, captured when a run starts, and shapes from documents and recordings.</summary>
internal static partial class Corpus
{
    private const string Includes = "\"include\":[\"reasoning.encrypted_content\",\"web_search_call.action.sources\",\"code_interpreter_call.outputs\",\"file_search_call.results\"]";

    private static readonly (string Name, Action<ReplyBuilder> Reply)[] Replies =
    [
        ("text", static r => r.Text("One, two, three: naïve café 🎉 and so on.")),
        ("reasoning and text", static r => r.Reasoning("Let me see. ", "And further.").Text("It is 303.")),
        ("open reasoning", static r => r.ReasoningText("Thinking aloud.").Text("Done.")),
        ("two reasonings", static r => r.Reasoning("First.").Reasoning("Second.").Text("Both.")),
        ("call", static r => r.Reasoning("I need the weather.").Call("weather", """{"city":"Zürich","days":3,"nested":{"a":[1,2.5,null,true]}}""", "call_1")),
        ("two calls", static r => r.Text("Looking.").Call("a", "{}", "call_a").Call("b", """{"x":"\"quoted\""}""", "call_b")),
        ("citations", static r => r.WebSearch("news", "https://example.org/1", "https://example.org/2").Text("Here 🎉 it is ").Cite("https://example.org/1").Text(" and ").Cite("https://example.org/2", "Two")),
        ("pages", static r => r.OpenPage("https://example.org/p").FindInPage("word", "https://example.org/p").OldWebSearch("old").Text("Found.")),
        ("X", static r => r.XSearch("grok").OldXSearch("grok").Text("Posts.")),
        ("code, files, MCP", static r => r.Code("print(1)", "1\n").FileSearch("q").Mcp("docs", "read", """{"p":1}""", "text").Mcp("docs", "read", error: "no").Text("All.")),
        ("image", static r => r.Image([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1, 2, 3], "a cat").Text("A cat.")),
        ("side by side", static r => r.InParallel(static a => a.WebSearch("a").XSearch("b").Code("1")).Text("Together.")),
        ("refusal", static r => r.Refuse("I will not.")),
        ("messages", static r => r.Text("One.").NewMessage().Text("Two.")),
        ("incomplete", static r => r.Text("Cut here").Incomplete()),
        ("incomplete call", static r => r.Call("weather", """{"city":"Zü""", "call_1").Incomplete()),
        ("other end", static r => r.Text("Cut here").Incomplete("max_time_limit")),
        ("failed", static r => r.Text("Then").Fail("server_error", "It broke.")),
        ("error frame", static r => r.Text("Then").ErrorFrame("It broke.", "server_error")),
        ("usage", static r => r.Text("x").Usage(10, 20, 5, 30)),
        ("empty", static r => r.Text("")),
    ];

    private static readonly (string Name, Fault Fault)[] Faults =
    [
        ("first an error", Fault.ErrorFirst()), ("untyped error", Fault.UntypedError()), ("nested error", Fault.NestedError()), ("early end", Fault.EndAfter(4)),
        ("empty final output", Fault.EmptyFinalOutput()), ("error object", Fault.ErrorObject()), ("response failed", Fault.Failed()),
    ];

    private static readonly (string Name, Fault Fault)[] Errors =
    [
        ("429", Fault.RateLimited(TimeSpan.FromSeconds(1))), ("quota", Fault.QuotaExceeded()), ("spending limit", Fault.SpendingLimit()), ("403", Fault.ContentPolicy()), ("503", Fault.ServerError()),
        ("nested", Fault.ServerError().WithShape(ErrorShape.Nested)), ("error only", Fault.ServerError().WithShape(ErrorShape.ErrorOnly)), ("numeric", Fault.ServerError().WithShape(ErrorShape.NumericCode)), ("plain text", Fault.ServerError().WithShape(ErrorShape.PlainText)),
        ("JSON string", Fault.ServerError().WithShape(ErrorShape.JsonString)), ("double", Fault.ServerError().WithShape(ErrorShape.DoubleEncoded)), ("page", Fault.Html()),
    ];

    /// <summary>The seeds, equal in every run.</summary>
    public static async Task<IReadOnlyList<Seed>> CaptureAsync()
    {
        var seeds = new List<Seed>(Documents.All);
        var id = 0;
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { NewId = () => new Guid(0x5808284d, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(++id >> 8), (byte)id), TimeProvider = new Stopped(), SealingKey = new byte[32] });
        using var http = new HttpClient(emulator.CreateHandler());
        foreach (var isStream in new[] { true, false })
        {
            foreach (var (name, reply) in Replies)
            {
                emulator.Script.Reply(reply);
                seeds.Add(await AskAsync(http, name, isStream));
            }

            foreach (var (name, fault) in Faults)
            {
                emulator.Faults.Enqueue(fault);
                emulator.Script.Reply(static r => r.Reasoning("Hm.").Text("Some text of an answer."));
                seeds.Add(await AskAsync(http, name, isStream));
                emulator.Script.Clear();
            }
        }

        foreach (var (name, fault) in Errors)
        {
            emulator.Faults.Enqueue(fault);
            seeds.Add(await AskAsync(http, name, isStream: false));
        }

        return seeds;
    }

    private static async Task<Seed> AskAsync(HttpClient http, string name, bool isStream)
    {
        using var content = new StringContent($$"""{"model":"grok-4.6","input":"q","stream":{{(isStream ? "true" : "false")}},{{Includes}}}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("http://localhost/v1/responses"), content);
        var text = Blobs().Replace(await answer.Content.ReadAsStringAsync(), static m => m.Groups["name"].Value + Same(m.Groups["blob"].Length));
        isStream &= answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        string[] parts = isStream ? [.. text.Split('\n').Where(static l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(static l => l[6..])] : [text];
        return new Seed($"{name}, {(isStream ? "stream" : "body")}", parts, isStream) { Status = (int)answer.StatusCode, ContentType = answer.Content.Headers.ContentType?.ToString() };
    }

    /// <summary>Encrypted reasoning differs in every run: it is replaced with a constant of the same length.</summary>
    private static string Same(int length) => string.Concat(Enumerable.Range(0, length).Select(static i => "QmxvYg+/"[i % 8]));

    [GeneratedRegex("(?<name>\"encrypted_content\":\")(?<blob>[^\"]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blobs();

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    }
}
