using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.Tests.Support;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Scripts as JSON files: the same replies as in C#, conditions on the request, and errors with the line and the problem.</summary>
public sealed class ScriptFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each step in JSON and in C#.</summary>
    public static TheoryData<string, Action<ReplyBuilder>> Steps => new()
    {
        { "\"Plain text.\"", r => r.Text("Plain text.") },
        { """["Two ", {"text": "texts"}]""", r => r.Text("Two ").Text("texts") },
        { """[{"deltas": ["a", "b"]}, {"cite": "https://a.example/"}, {"cite": {"url": "https://b.example/", "title": "B"}}]""", r => r.Deltas("a", "b").Cite("https://a.example/").Cite("https://b.example/", "B") },
        { """["One", {"newMessage": true}, "Two", {"refuse": "No."}]""", r => r.Text("One").NewMessage().Text("Two").Refuse("No.") },
        { """[{"reasoning": "Once"}, {"reasoning": ["a", "b"]}, {"reasoningText": "plain"}, "Done"]""", r => r.Reasoning("Once").Reasoning("a", "b").ReasoningText("plain").Text("Done") },
        { """[{"call": {"name": "f", "arguments": {"city":"Oslo"}, "callId": "c1", "style": "split"}}, {"call": {"name": "g", "arguments": "not json"}}, {"call": {"name": "h"}}]""", r => r.Call("f", """{"city":"Oslo"}""", "c1", CallStyle.Split).Call("g", "not json").Call("h") },
        { """[{"webSearch": {"query": "rain", "sources": ["https://a.example/"]}}, {"webSearch": "snow"}, {"oldWebSearch": "old"}, {"openPage": "https://a.example/"}, {"findInPage": {"pattern": "x", "url": "https://a.example/"}}]""", r => r.WebSearch("rain", "https://a.example/").WebSearch("snow").OldWebSearch("old").OpenPage("https://a.example/").FindInPage("x", "https://a.example/") },
        { """[{"xSearch": {"query": "q", "name": "x_user_search", "posts": 3, "users": 2}}, {"xSearch": "q"}, {"oldXSearch": {"query": "o", "name": "n"}}, {"oldXSearch": "o"}]""", r => r.XSearch("q", "x_user_search", 3, 2).XSearch("q").OldXSearch("o", "n").OldXSearch("o") },
        { """[{"code": {"code": "1+1", "logs": "2"}}, {"code": "2"}, {"codeRun": {"code": "x", "stdout": "o", "stderr": "e", "exitCode": 3}}]""", r => r.Code("1+1", "2").Code("2").CodeRun("x", "o", "e", 3) },
        { """[{"fileSearch": {"query": "q", "hits": [{"fileId": "f", "fileName": "n", "text": "t", "score": 0.5}]}}, {"mcp": {"server": "s", "tool": "t", "arguments": {"a":1}, "output": "out"}}, {"mcp": {"server": "s", "tool": "t", "error": "bad"}}]""", r => r.FileSearch("q", new FileHit("f", "n", "t", 0.5)).Mcp("s", "t", """{"a":1}""", "out").Mcp("s", "t", error: "bad") },
        { """[{"image": {"base64": "AQID", "prompt": "p"}}, {"failedImage": "f"}, {"shell": ["ls", "pwd"]}, {"toolSearch": {"query": "q", "names": ["a"]}}, {"failedToolSearch": "q"}]""", r => r.Image([1, 2, 3], "p").FailedImage("f").Shell("ls", "pwd").ToolSearch("q", "a").FailedToolSearch("q") },
        { """[{"parallel": [{"webSearch": "a"}, {"webSearch": "b"}]}, "Done", {"pause": 1}, "."]""", r => r.InParallel(p => p.WebSearch("a").WebSearch("b")).Text("Done").Pause(TimeSpan.FromMilliseconds(1)).Text(".") },
        { """{"steps": ["Cut"], "incomplete": "max_time_limit", "pace": 1, "usage": {"inputTokens": 7, "outputTokens": 5, "reasoningTokens": 1, "cachedTokens": 2}, "attachmentSearch": 2}""", r => r.Text("Cut").Incomplete("max_time_limit").Pace(TimeSpan.FromMilliseconds(1)).Usage(7, 5, 1, 2).AttachmentSearch(2) },
        { """{"steps": ["Half"], "fail": {"code": "server_error", "message": "It broke."}}""", r => r.Text("Half").Fail("server_error", "It broke.") },
        { """{"steps": ["Half"], "errorFrame": {"message": "It broke.", "code": "c"}}""", r => r.Text("Half").ErrorFrame("It broke.", "c") },
        { """{"errorFrame": "It broke."}""", r => r.ErrorFrame("It broke.") },
        { """{"steps": ["Done"], "fault": "done"}""", r => r.Text("Done").Fault(Fault.Done()) },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Reply_in_JSON_is_the_same_as_in_CSharp(string json, Action<ReplyBuilder> reply)
    {
        var script = ScriptFile.Parse("s.json", Encoding.UTF8.GetBytes($$"""{"replies": [{{json}}, {{json}}]}"""));
        foreach (var body in new[] { """{"model":"grok-4.7","input":"Hello","stream":true}""", """{"model":"grok-4.7","input":"Hello"}""" })
        {
            Assert.Equal(await AnswerAsync(body, emulator => emulator.Script.Reply(reply)), await AnswerAsync(body, emulator => emulator.Use(script)));
        }
    }

    [Theory]
    [InlineData("""{"text": "REFUND"}""", true)]
    [InlineData("""{"text": "weather"}""", false)]
    [InlineData("""{"matches": "^a ref.nd"}""", true)]
    [InlineData("""{"headers": {"x-test": "1"}}""", true)]
    [InlineData("""{"headers": {"x-test": "2"}}""", false)]
    [InlineData("""{"model": "grok-4.7", "continues": false, "stream": false}""", true)]
    [InlineData("""{"continues": "some-id"}""", false)]
    [InlineData("""{"has": {"temperature": 0.5, "text": {"format": {"type": "text"}}}}""", true)]
    [InlineData("""{"has": {"temperature": 1}}""", false)]
    [InlineData("""{"lacks": ["instructions", "top_p"]}""", true)]
    [InlineData("""{"lacks": "temperature"}""", false)]
    [InlineData("""{"offersTool": "get_weather"}""", true)]
    [InlineData("""{"offersTool": "web_search"}""", false)]
    [InlineData("""{"toolResult": ""}""", false)]
    [InlineData("""{"fileText": "x"}""", false)]
    [InlineData("""{"not": {"text": "weather"}}""", true)]
    [InlineData("""{"any": [{"text": "weather"}, {"text": "refund"}]}""", true)]
    public async Task Condition_selects_requests(string condition, bool matches)
    {
        await using var emulator = new GrokEmulator();
        emulator.Use(ScriptFile.Parse("s.json", Encoding.UTF8.GetBytes($$"""{"rules": [{"when": {{condition}}, "replies": ["First."], "always": "Scripted."}]}""")));
        using var http = new HttpClient(emulator.CreateHandler());
        http.DefaultRequestHeaders.Add("x-test", "1");
        const string body = """{"model":"grok-4.7","input":"A refund, please.","temperature":0.5,"text":{"format":{"type":"text"}},"tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}}]}""";
        foreach (var expected in new[] { "First.", "Scripted.", "Scripted." })
        {
            var (status, text) = await PostAsync(http, emulator.BaseAddress, body);
            Assert.True(status == HttpStatusCode.OK, text);
            Assert.Equal(matches, text.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Result_of_a_function_call_selects_the_next_reply_and_strict_scripts_answer_nothing_else()
    {
        await using var emulator = new GrokEmulator();
        emulator.Use(ScriptFile.Parse("s.json", """
            {
              // Comments and trailing commas are accepted.
              "$schema": "grok-emulator-script.schema.json",
              "strict": true,
              "replies": [[{"call": {"name": "get_weather", "callId": "c1"}}]],
              "rules": [{"when": {"toolResult": "rain"}, "always": "Take an umbrella."}],
            }
            """u8.ToArray()));
        using var http = new HttpClient(emulator.CreateHandler());
        var called = await PostAsync(http, emulator.BaseAddress, """{"model":"grok-4.7","input":"Weather?","tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}}]}""");
        var id = JsonDocument.Parse(called.Text).RootElement.GetProperty("id").GetString();
        Assert.Contains("Take an umbrella.", (await PostAsync(http, emulator.BaseAddress, $$"""{"model":"grok-4.7","previous_response_id":"{{id}}","input":[{"type":"function_call_output","call_id":"c1","output":"Rain."}]}""")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(http, emulator.BaseAddress, """{"model":"grok-4.7","input":"Again"}""")).Status);
    }

    [Fact]
    public async Task Gate_of_a_script_is_opened_over_the_page()
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { ServePage = true });
        emulator.Use(ScriptFile.Parse("s.json", """{"replies": [{"steps": ["Wait", {"hold": "a"}, " for it."], "holdAfter": {"events": 2, "gate": "b"}}]}"""u8.ToArray()));
        using var http = new HttpClient(emulator.CreateHandler());
        var answer = PostAsync(http, emulator.BaseAddress, """{"model":"grok-4.7","input":"Hello"}""");
        foreach (var gate in new[] { "a", "b" })
        {
            Assert.False(answer.IsCompleted);
            Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync(new Uri(emulator.BaseAddress, $"/emulator/api/gates/{gate}"), content: null, Token)).StatusCode);
        }

        Assert.Contains("Wait for it.", (await answer).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(new Uri(emulator.BaseAddress, "/emulator/api/gates/c"), content: null, Token)).StatusCode);
    }

    [Theory]
    [InlineData("{\n\"replies\": [\n{\"steps\": [\"Hello\", {\"cal\": {}}]}]}", "s.json, line 3, replies[0].steps[1].cal: The member \"cal\" does not exist here. Use one of: text, deltas,")]
    [InlineData("{\"replies\": [[{\"text\": 5}]]}", "line 1, replies[0][0].text: The value must be a text, but it is 5.")]
    [InlineData("{\"replies\": [[{\"text\": \"a\", \"refuse\": \"b\"}]]}", "exactly one member")]
    [InlineData("{\"replies\": [7]}", "a text, an array of steps, or an object")]
    [InlineData("{\"replies\": {}}", "replies: The value must be an array, but it is an object.")]
    [InlineData("{\"replies\": [{\"steps\": [], \"fault\": \"cute\"}]}", "fault: The fault 'cute' does not exist.")]
    [InlineData("{\"replies\": [{\"pace\": -1}]}", "a whole number of at least 0")]
    [InlineData("{\"replies\": [[{\"call\": {\"arguments\": {}}}]]}", "The member \"name\" is missing.")]
    [InlineData("{\"replies\": [[{\"call\": {\"name\": \"f\", \"style\": \"slow\"}}]]}", "The style \"slow\" does not exist. Use one of: asRequested, whole,")]
    [InlineData("{\"replies\": [[{\"image\": {\"base64\": \"%%%\"}}]]}", "The text is not base64.")]
    [InlineData("{\"replies\": [[{\"parallel\": [{\"parallel\": []}]}]]}", "cannot be nested")]
    [InlineData("{\"rules\": [{\"when\": {}, \"always\": \"x\"}]}", "The condition is empty.")]
    [InlineData("{\"rules\": [{\"when\": {\"matches\": \"(\"}, \"always\": \"x\"}]}", "The regular expression is not valid")]
    [InlineData("{\"rules\": [{\"when\": {\"text\": \"x\"}}]}", "The rule has no reply.")]
    [InlineData("{\"rules\": [{\"always\": \"x\"}]}", "The member \"when\" is missing.")]
    [InlineData("{\"rules\": [{\"when\": {\"headers\": []}, \"always\": \"x\"}]}", "an object of names and values")]
    [InlineData("{\"rules\": [{\"when\": {\"has\": 1}, \"always\": \"x\"}]}", "an object of members and values")]
    [InlineData("{\"rules\": [{\"when\": {\"continues\": 1}, \"always\": \"x\"}]}", "true or false")]
    [InlineData("{\"strict\": true}", "The script has no reply.")]
    [InlineData("{\"strict\": true, \"strict\": true, \"replies\": []}", "The member \"strict\" occurs twice.")]
    [InlineData("{\n\"replies\": [\n", "line 3: The file is not valid JSON")]
    [InlineData("[]", "The value must be an object, but it is an array.")]
    [InlineData("{\"replies\": [[{\"newMessage\": false}]]}", "The value must be true")]
    [InlineData("{\"replies\": [[{\"fileSearch\": {\"query\": \"q\", \"hits\": [{\"fileId\": \"f\", \"fileName\": \"n\", \"text\": \"t\", \"score\": \"x\"}]}}]]}", "a number, but it is a text")]
    public void Invalid_script_is_rejected_with_its_line_and_the_problem(string json, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => ScriptFile.Parse("s.json", Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("garbage", "s.json, line 1: The file is not valid JSON: 'g' in column 1 is not expected there.")]
    [InlineData("{\n  \"replies\": [\"äé\" \"b\"]}", "s.json, line 2: The file is not valid JSON: '\"' in column 20 is not expected there.")]
    [InlineData("{\"replies\": [\"One\n\"]}", "s.json, line 1: The file is not valid JSON: the end of the line in column 18 is not expected there.")]
    [InlineData("{\"replies\": [\"a\tb\"]}", "s.json, line 1: The file is not valid JSON: a tab in column 16 is not expected there.")]
    [InlineData("{\u0001}", "s.json, line 1: The file is not valid JSON: the control character U+0001 in column 2 is not expected there.")]
    [InlineData("{\"replies\": [\"One", "s.json, line 1: The file is not valid JSON: it ends too early.")]
    [InlineData("{\"replies\": [\n\n", "s.json, line 3: The file is not valid JSON: it ends too early.")]
    [InlineData("{\"replies\": []} x", "s.json, line 1: The file is not valid JSON: 'x' in column 17 is not expected there.")]
    [InlineData("", "s.json: The file is empty. A script is a JSON object with \"replies\" or \"rules\".")]
    [InlineData(" \n", "s.json: The file is empty. A script is a JSON object with \"replies\" or \"rules\".")]
    [InlineData("{\n\"replies\": [\"\\uD83D\"]}", "s.json, line 2: The text contains bytes that are not UTF-8, or one half of a surrogate pair, such as \\uD83D alone.")]
    public void Invalid_JSON_is_explained_in_plain_words_with_one_position(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ScriptFile.Parse("s.json", Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void Invalid_bytes_and_too_deep_nesting_are_explained()
    {
        Assert.Equal("s.json, line 1: The file is not valid JSON: a byte that is not UTF-8 in column 2 is not expected there.", Problem([(byte)'{', 0xFF, (byte)'}']));
        Assert.Equal("s.json, line 1: The file is not valid JSON: it has more than 64 objects and arrays within each other.", Problem(Encoding.UTF8.GetBytes(new string('[', 100))));

        static string Problem(byte[] json) => Assert.Throws<FormatException>(() => ScriptFile.Parse("s.json", json)).Message;
    }

    [Fact]
    public void Schema_names_the_members_that_the_emulator_reads()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.PathTo("docs/grok-emulator-script.schema.json")));
        var definitions = schema.RootElement.GetProperty("$defs");
        Assert.Equal(ScriptFile.Names, Names(schema.RootElement));
        Assert.Equal(ScriptFile.RuleNames, Names(definitions.GetProperty("rule")));
        Assert.Equal(ScriptCondition.Names, Names(definitions.GetProperty("condition")));
        Assert.Equal(["steps", .. ScriptSteps.OptionNames], Names(definitions.GetProperty("reply").GetProperty("anyOf")[2]));
        Assert.Equal(ScriptSteps.Names, Names(definitions.GetProperty("step").GetProperty("anyOf")[1]));

        static IEnumerable<string> Names(JsonElement definition) => definition.GetProperty("properties").EnumerateObject().Select(static member => member.Name);
    }

    private static async Task<string> AnswerAsync(string body, Action<GrokEmulator> prepare)
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { NewId = static () => new Guid(1, 0, 0, new byte[8]), TimeProvider = new ManualTime() });
        prepare(emulator);
        using var http = new HttpClient(emulator.CreateHandler());
        // Each emulator encrypts with a nonce of its own.
        return Regex.Replace((await PostAsync(http, emulator.BaseAddress, body)).Text, "\"encrypted_content\":\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromMinutes(1));
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient http, Uri address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{address}/responses", content, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
