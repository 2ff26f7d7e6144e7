using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Connectors.Grok.Emulator.Recordings;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>The options of the command, recording a service, and the data of the page.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Hello = """{"model":"grok-4.7","input":"Hello, xai-secret12","stream":true}""";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"recording-{Guid.NewGuid():N}.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Options_of_the_command_are_parsed()
    {
        var strict = CommandLine.Read(["--strict-key", "--script", "replies.json", "--log", "--allow-host", "emulator.test"]);
        Assert.StartsWith("xai-emulator-", strict.ApiKey, StringComparison.Ordinal);
        Assert.NotEqual(strict.ApiKey, CommandLine.Read(["--strict-key"]).ApiKey);
        Assert.Equal(("replies.json", true, "emulator.test"), (strict.ScriptFrom, strict.ServePage, Assert.Single(strict.AllowedHosts)));
        Assert.Equal("k", CommandLine.Read(["--api-key", "k", "--strict-key"]).ApiKey);
        Assert.False(CommandLine.Read(["--no-page"]).ServePage);
        var recorded = CommandLine.Read(["--record", "out.jsonl"]);
        Assert.Equal(("out.jsonl", "https://api.x.ai/v1"), (recorded.RecordTo, recorded.Upstream!.ToString()));
        Assert.Equal("http://127.0.0.1:1/v1", CommandLine.Read(["--record", "o", "--upstream", "http://127.0.0.1:1/v1"]).Upstream!.ToString());
    }

    [Theory]
    [InlineData("--upstream needs --record", "--upstream", "https://api.x.ai/v1")]
    [InlineData("only one of", "--record", "a", "--replay", "b")]
    [InlineData("only one of", "--script", "a", "--record", "b")]
    [InlineData("not valid", "--record", "a", "--upstream", "http://api.example/v1")]
    [InlineData("not valid", "--record", "a", "--upstream", "https://joe:secret@api.example/v1")]
    [InlineData("not valid", "--record", "a", "--upstream", "soon")]
    public void Invalid_combinations_are_explained(string problem, params string[] args)
    {
        var message = Assert.Throws<FormatException>(() => CommandLine.Read(args)).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_ends_with_exit_code_1_for_files_that_it_cannot_use()
    {
        Assert.Equal(1, await Program.Main(["--urls", "http://127.0.0.1:0", "--script", _file]));
        await File.WriteAllTextAsync(_file, """{"replies": [{"cal": 1}]}""", Token);
        Assert.Equal(1, await Program.Main(["--urls", "http://127.0.0.1:0", "--script", _file]));
        Assert.Equal(1, await Program.Main(["--urls", "http://127.0.0.1:0", "--record", Path.Combine(_file, "below-a-file")]));
    }

    [Fact]
    public async Task Banner_says_what_was_read_from_a_script_and_from_a_recording()
    {
        var address = new Uri("http://127.0.0.1:8787/v1");
        var script = ScriptFile.Parse("s.json", Encoding.UTF8.GetBytes("""{"replies": ["One.", "Two."], "rules": [{"when": {"text": "x"}, "replies": ["Three."], "always": "Four."}]}"""));
        Assert.Equal(
            "Read 4 replies from the script s.json. The built-in model answers the other requests.",
            Program.Banner(address, CommandLine.Read(["--script", "s.json"]), script, recording: null).Last());
        var strict = ScriptFile.Parse("s.json", Encoding.UTF8.GetBytes("""{"strict": true, "replies": ["One."]}"""));
        Assert.Equal(
            "Read 1 reply from the script s.json. A request without a reply gets an error.",
            Program.Banner(address, CommandLine.Read(["--script", "s.json"]), strict, recording: null).Last());
        var recording = new ConversationRecording();
        await using (var emulator = new GrokEmulator())
        using (var http = new HttpClient(recording.CreateHandler(emulator.CreateHandler())))
        {
            await PostAsync(http, new Uri("http://localhost/v1"));
        }

        Assert.Equal(
            "Read 1 recorded exchange from out.jsonl. A request that was not recorded gets an error.",
            Program.Banner(address, CommandLine.Read(["--replay", "out.jsonl"]), script: null, recording).Last());
        Assert.Equal(2, Program.Banner(address, CommandLine.Read([]), script: null, recording: null).Count());
    }

    [Fact]
    public async Task Recording_with_a_damaged_line_is_rejected_with_its_number()
    {
        await File.WriteAllTextAsync(_file, $"{RecordingFile.Header}\n\n{{\"method\":\"POST\"\n", Token);
        var problem = Assert.Throws<FormatException>(() => ConversationRecording.Load(_file)).Message;
        Assert.EndsWith("line 3 is not a recorded exchange. Remove the line, or record the exchanges again.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recorded_service_streams_through_and_is_replayed_without_secrets()
    {
        await using var service = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ApiKey = "xai-upstream-key" }, Token);
        service.Script.Reply(r => r.Text("Use sk-0123456789abcdef, please."));
        string live;
        await using (var recorder = new GrokEmulator(new GrokEmulatorOptions { ApiKey = "xai-upstream-key" }))
        {
            recorder.Use(new UpstreamProxy(service.BaseAddress, "/v1", _file, TimeProvider.System));
            using var http = new HttpClient(recorder.CreateHandler());
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(http, recorder.BaseAddress)).Status);
            Assert.Empty(service.Requests);
            http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-upstream-key");
            http.DefaultRequestHeaders.Add("Cookie", "a=b");
            (var status, live) = await PostAsync(http, recorder.BaseAddress);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("response.completed", live, StringComparison.Ordinal);
            Assert.Equal(("Bearer ***", false), (service.Requests[0].Headers["Authorization"], service.Requests[0].Headers.ContainsKey("Cookie")));
            Assert.True(service.Requests[0].HasCredential("xai-upstream-key"));
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(recorder.BaseAddress, "/admin"), Token)).StatusCode);
        }

        var file = await File.ReadAllTextAsync(_file, Token);
        Assert.DoesNotContain("xai-secret12", file, StringComparison.Ordinal);
        Assert.DoesNotContain("xai-upstream-key", file, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", file, StringComparison.Ordinal);
        await using var replaying = new GrokEmulator();
        replaying.Replay(ConversationRecording.Load(_file));
        using var client = new HttpClient(replaying.CreateHandler());
        var (again, text) = await PostAsync(client, replaying.BaseAddress);
        Assert.Equal(HttpStatusCode.OK, again);
        Assert.Equal(live.Count(static character => character == '\n'), text.Count(static character => character == '\n'));
    }

    [Fact]
    public async Task Unreachable_service_is_reported_with_502_and_a_broken_one_breaks_the_answer()
    {
        await using var service = await GrokEmulator.StartAsync(cancellationToken: Token);
        service.Faults.Enqueue(Fault.CutAfter(2));
        await using var recorder = new GrokEmulator();
        recorder.Use(new UpstreamProxy(service.BaseAddress, "/v1", _file, TimeProvider.System));
        using var http = new HttpClient(recorder.CreateHandler());
        await Assert.ThrowsAnyAsync<Exception>(() => PostAsync(http, recorder.BaseAddress));
        await service.DisposeAsync();
        var (status, text) = await PostAsync(http, recorder.BaseAddress);
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("cannot be reached", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_the_log_hold_no_control_characters_of_requests()
    {
        // A line can be written after the client has received the answer.
        var log = Channel.CreateUnbounded<string>();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { Log = entry => log.Writer.TryWrite(entry) });
        var lines = new List<string>();
        await api.CreateAsync("""{"model":"grok-4.7","input":"a\u001b]52;c;aGk=\u0007\u001b[2J\nb"}""");
        lines.Add(await log.Reader.ReadAsync(Token));
        await api.CreateAsync("""{"model":"x\u001b[31m","input":"a"}""");
        lines.Add(await log.Reader.ReadAsync(Token));
        await api.SendToAsync(HttpMethod.Get, "/v1/%1b%5b2J%0Aforged");
        lines.Add(await log.Reader.ReadAsync(Token));
        Assert.False(log.Reader.TryRead(out _));
        Assert.DoesNotContain(string.Concat(lines), char.IsControl);
        Assert.StartsWith(@"POST /v1/responses 200 grok-4.7 ""a\u001B]52;c;aGk=\u0007\u001B[2J\u000Ab"" -> ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("GET /v1/%1B%5B2J%0Aforged 404", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rate-limited; retry-after=1", "429 grok-4.7 \"Hello\" (fault: rate-limited)")]
    [InlineData("Cut; after=0", "200 grok-4.7 \"Hello\" (fault: cut)")]
    public async Task Line_of_the_log_has_the_name_of_a_requested_fault(string fault, string line)
    {
        var log = Channel.CreateUnbounded<string>();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { Log = entry => log.Writer.TryWrite(entry) });
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", fault);
        using var content = new StringContent("""{"model":"grok-4.7","input":"Hello","stream":true}""", Encoding.UTF8, "application/json");
        await Record.ExceptionAsync(() => api.Http.PostAsync(new Uri($"{api.Emulator.BaseAddress}/responses"), content, Token));
        Assert.Equal($"POST /v1/responses {line}", await log.Reader.ReadAsync(Token));
    }

    [Fact]
    public async Task Line_of_the_log_has_the_fault_of_a_scripted_reply()
    {
        var log = Channel.CreateUnbounded<string>();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { Log = entry => log.Writer.TryWrite(entry) });
        api.Emulator.Script.Reply(static r => r.Text("Half an answer.").Fault(Fault.Parse("empty-final-output")));
        await api.CreateAsync("""{"model":"grok-4.7","input":"Hello"}""");
        Assert.EndsWith(" (fault: empty-final-output)", await log.Reader.ReadAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_of_the_log_has_the_status_of_a_fault_that_was_created_in_code()
    {
        var log = Channel.CreateUnbounded<string>();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { Log = entry => log.Writer.TryWrite(entry) });
        api.Emulator.Faults.Enqueue(Fault.Overloaded());
        await api.CreateAsync("""{"model":"grok-4.7","input":"Hello"}""");
        Assert.EndsWith(" (fault: 529)", await log.Reader.ReadAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_and_its_data_show_requests_and_need_the_key()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServePage = true, ApiKey = "right" });
        var key = ("Authorization", "Bearer right");
        var created = await api.SendToAsync(HttpMethod.Post, "/v1/responses", """{"model":"grok-4.7","input":"My name is Alice."}""", key);
        var page = await api.SendToAsync(HttpMethod.Get, "/");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("default-src 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("Alice", page.Body, StringComparison.Ordinal);
        foreach (var file in new[] { "/emulator/app.js", "/emulator/tree.js", "/emulator/styles.css" })
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Get, file)).Status);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendToAsync(HttpMethod.Get, "/emulator/api/state")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendToAsync(HttpMethod.Post, "/emulator/api/faults", """{"fault":"cut"}""")).Status);
        var state = (await api.SendToAsync(HttpMethod.Get, "/emulator/api/state", json: null, key)).Json;
        var request = Assert.Single(state.GetProperty("requests").EnumerateArray());
        Assert.Equal(Api.IdOf(created.Json), request.GetProperty("response").GetString());
        Assert.Equal(created.Json.GetProperty("usage").GetProperty("cost_in_usd_ticks").GetInt64(), state.GetProperty("costInUsdTicks").GetInt64());
        var detail = await api.SendToAsync(HttpMethod.Get, "/emulator/api/requests/1", json: null, key);
        Assert.Contains("Bearer ***", detail.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Get, "/emulator/api/requests/2", json: null, key)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Get, "/emulator/api/nothing", json: null, key)).Status);
        Assert.Single(api.Emulator.Requests);
    }

    [Fact]
    public async Task Page_queues_faults_and_explains_invalid_ones()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServePage = true });
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendToAsync(HttpMethod.Post, "/emulator/api/faults", """{"fault":"overloaded","times":2}""")).Status);
        Assert.Equal(2, api.Emulator.Faults.Count);
        Assert.Equal(529, (int)(await api.CreateAsync("""{"model":"grok-4.7","input":"Hello"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendToAsync(HttpMethod.Delete, "/emulator/api/faults")).Status);
        Assert.Equal(0, api.Emulator.Faults.Count);
        Assert.Contains("does not exist", (await api.SendToAsync(HttpMethod.Post, "/emulator/api/faults", """{"fault":"cute"}""")).Error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendToAsync(HttpMethod.Post, "/emulator/api/faults", "[]")).Status);
        var names = (await api.SendToAsync(HttpMethod.Get, "/emulator/api/faults")).Body;
        Assert.Equal(Faults.FaultCatalog.Names.Select(static known => known.Name), JsonDocument.Parse(names).RootElement.EnumerateArray().Select(static fault => fault.GetProperty("name").GetString()));
        using var text = new StringContent("""{"fault":"cut"}""", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await api.Http.PostAsync(new Uri(api.Emulator.BaseAddress, "/emulator/api/faults"), text, Token)).StatusCode);
    }

    [Fact]
    public async Task Page_is_not_served_unless_asked_for()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Get, "/")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Get, "/emulator/api/state")).Status);
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient http, Uri address)
    {
        using var content = new StringContent(Hello, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{address}/responses", content, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
