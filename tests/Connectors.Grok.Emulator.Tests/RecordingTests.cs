using System.Net;
using System.Text;
using Connectors.Grok.Emulator.Recordings;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class RecordingTests : IDisposable
{
    private const string Streamed = """{"model":"grok-4.6","input":"Hello","stream":true,"user":"alice@example.com"}""";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"recording-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Recording_is_redacted_and_replays_each_exchange_once()
    {
        var recorded = await RecordAsync();
        var file = await File.ReadAllTextAsync(_file, TestContext.Current.CancellationToken);
        Assert.StartsWith("""{"format":"connectors-grok-recording","version":1}""", file, StringComparison.Ordinal);
        Assert.DoesNotContain("alice@example.com", file, StringComparison.Ordinal);
        Assert.DoesNotContain("xai-secret", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", file, StringComparison.Ordinal);

        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { ApiKey = "another" });
        emulator.Replay(ConversationRecording.Load(_file));
        using var http = new HttpClient(emulator.CreateHandler());
        using var stranger = await PostAsync(http, emulator.BaseAddress, Streamed);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        http.DefaultRequestHeaders.Add("Authorization", "Bearer another");
        var again = await TalkAsync(http, emulator.BaseAddress);
        Assert.Equal(recorded.Select(body => body.Replace("alice@example.com", "***", StringComparison.Ordinal)), again);
        using var unknown = await PostAsync(http, emulator.BaseAddress, Streamed);
        Assert.Equal(HttpStatusCode.InternalServerError, unknown.StatusCode);
        Assert.Contains("every recorded exchange was used", await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        emulator.Replay(null);
        http.DefaultRequestHeaders.Clear();
        using var usual = await PostAsync(http, emulator.BaseAddress, Streamed);
        Assert.Equal(HttpStatusCode.Unauthorized, usual.StatusCode);
    }

    [Fact]
    public async Task Replay_waits_for_the_recorded_times_divided_by_the_speed()
    {
        var exchange = new RecordedExchange("GET", "/v1/models", "", 200, new Dictionary<string, string>(), [new RecordedChunk(4_000, "late")], IsCut: false);
        var recording = new ConversationRecording();
        recording.Add(exchange);
        var time = new ImmediateTime();
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { TimeProvider = time });
        emulator.Replay(recording, speed: 4);
        using var http = new HttpClient(emulator.CreateHandler());
        Assert.Equal("late", await http.GetStringAsync($"{emulator.BaseAddress}/models", TestContext.Current.CancellationToken));
        Assert.Equal([TimeSpan.FromSeconds(1)], time.Waits);
    }

    [Fact]
    public void Loading_a_missing_or_invalid_recording_explains_the_problem()
    {
        Assert.Contains("Record one", Assert.Throws<FileNotFoundException>(() => ConversationRecording.Load(_file)).Message, StringComparison.Ordinal);
        File.WriteAllText(_file, "{}");
        Assert.Contains("its first line must be", Assert.Throws<FormatException>(() => ConversationRecording.Load(_file)).Message, StringComparison.Ordinal);
        File.WriteAllText(_file, """{"format":"connectors-grok-recording","version":1}""" + "\n{}");
        Assert.Throws<FormatException>(() => ConversationRecording.Load(_file));
    }

    [Fact]
    public async Task Program_ends_with_exit_code_1_when_the_recording_is_missing_and_parses_replay_options()
    {
        Assert.Equal(1, await Program.Main(["--urls", "http://127.0.0.1:0", "--replay", _file]));
        var options = CommandLine.Read(["--replay", "a.jsonl", "--speed", "4", "--profile", "docs2025"]);
        Assert.Equal(("a.jsonl", 4, GrokProfile.Docs2025), (options.ReplayFrom, options.ReplaySpeed, options.Profile));
        Assert.Throws<FormatException>(() => CommandLine.Read(["--profile", "2024"]));
        Assert.Throws<FormatException>(() => CommandLine.Read(["--speed", "fast"]));
    }

    [Theory]
    [InlineData("Incorrect API key provided: xai-secret12.", "Incorrect API key provided: xai-***.")]
    [InlineData("""{"authorization":"tok\"en","role":"user"}""", """{"authorization":"***","role":"user"}""")]
    [InlineData("for team 12345678-1234-1234-1234-123456789abc and", "for team 00000000-0000-0000-0000-000000000000 and")]
    public void Redaction_removes_keys_tokens_and_team_ids(string text, string redacted) => Assert.Equal(redacted, Redaction.Redact(text));

    private async Task<IReadOnlyList<string>> RecordAsync()
    {
        var recording = new ConversationRecording();
        var number = 0;
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { NewId = () => new Guid(++number, 0, 0, new byte[8]) });
        using var http = new HttpClient(recording.CreateHandler(emulator.CreateHandler()));
        http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-secret-key");
        var recorded = await TalkAsync(http, emulator.BaseAddress);
        Assert.Equal(4, recording.Count);
        recording.Save(_file);
        return recorded;
    }

    private static async Task<IReadOnlyList<string>> TalkAsync(HttpClient http, Uri address)
    {
        var bodies = new List<string>();
        foreach (var body in (string[])[Streamed, """{"model":"grok-4.6","input":"2 + 2","previous_response_id":"00000001-0000-0000-0000-000000000000"}""", "{}"])
        {
            using var response = await PostAsync(http, address, body);
            bodies.Add(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        bodies.Add(await http.GetStringAsync($"{address}/responses/00000002-0000-0000-0000-000000000000", TestContext.Current.CancellationToken));
        return bodies;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, Uri address, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/responses");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>A clock that records waits and completes them immediately.</summary>
    private sealed class ImmediateTime : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Waits.Add(dueTime);
            }

            return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
        }
    }
}
