using System.Diagnostics;
using System.Text;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class LifecycleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disposal_takes_less_than_a_second_with_open_streams()
    {
        // The best of three runs, since other work on the machine can delay one of them.
        var times = new List<TimeSpan>();
        while (times.Count == 0 || (times.Min() > TimeSpan.FromSeconds(1) && times.Count < 3))
        {
            times.Add(await DisposeWithOpenStreamsAsync());
        }

        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Two_emulators_have_separate_addresses_requests_and_responses()
    {
        await using var first = await Api.StartAsync();
        await using var second = await Api.StartAsync();
        Assert.NotEqual(first.Emulator.BaseAddress, second.Emulator.BaseAddress);
        var id = Api.IdOf(await first.SayAsync("Hello"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await second.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
        Assert.Single(first.Emulator.Requests);
    }

    [Fact]
    public async Task Handler_without_a_port_shares_its_state_with_the_port()
    {
        await using var api = await Api.StartAsync();
        var created = await api.CreateAsync("""{"model":"grok-4.6","input":"Hello"}""");
        using var http = new HttpClient(api.Emulator.CreateHandler());
        Assert.Equal(created.Body, await http.GetStringAsync($"{api.Emulator.BaseAddress}/responses/{Api.IdOf(created.Json)}", Token));
        Assert.Equal(2, api.Emulator.Requests.Count);
    }

    [Fact]
    public async Task Handler_without_a_port_streams_and_has_a_local_base_address()
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { TokenDelay = TimeSpan.FromDays(1) });
        Assert.Equal("http://localhost/v1", emulator.BaseAddress.ToString());
        using var http = new HttpClient(emulator.CreateHandler());
        using (var response = await OpenAsync(http, emulator.BaseAddress))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
            Assert.Equal("event: response.created", await reader.ReadLineAsync(Token));
        }

        Assert.Equal(RequestOutcome.ClientDisconnected, await emulator.Requests[0].Outcome.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task Base_address_is_loopback_and_ends_in_v1_and_other_hosts_are_rejected()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Token);
        Assert.Equal("127.0.0.1", emulator.BaseAddress.Host);
        Assert.Equal("/v1", emulator.BaseAddress.AbsolutePath);
        Assert.Throws<ArgumentException>(() => new GrokEmulator(new GrokEmulatorOptions { Host = "0.0.0.0" }));
    }

    [Fact]
    public async Task Recorded_requests_contain_everything_but_the_api_key()
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-secret");
        var id = Api.IdOf(await api.SayAsync("Grüße"));
        await api.SayAsync("Hello", id);
        var (first, second) = (api.Emulator.Requests[0], api.Emulator.Requests[1]);
        Assert.Equal(("POST", "/v1/responses"), (first.Method, first.Path));
        Assert.Equal("Bearer ***", first.Headers["authorization"]);
        Assert.Equal(Encoding.UTF8.GetByteCount(first.Body), first.Bytes);
        Assert.Equal("Grüße", first.Json?.GetProperty("input").GetString());
        Assert.Null(first.PreviousResponseId);
        Assert.Equal(id, second.PreviousResponseId);
        Assert.Equal(RequestOutcome.Answered, await second.Outcome);
    }

    [Fact]
    public async Task Fifty_concurrent_requests_get_their_own_answers()
    {
        await using var api = await Api.StartAsync();
        var root = Api.IdOf(await api.SayAsync("My name is Alice."));
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => api.AnswerAsync($"{number} + 1", root)));
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number} + 1 equals {number + 1}."), answers);
        Assert.Equal(51, api.Emulator.Requests.Count);
    }

    [Fact]
    public async Task Port_in_use_throws_IOException_and_ends_the_program_with_exit_code_2()
    {
        await using var api = await Api.StartAsync();
        var port = api.Emulator.BaseAddress.Port;
        await Assert.ThrowsAnyAsync<IOException>(() => GrokEmulator.StartAsync(new GrokEmulatorOptions { Port = port }, Token));
        Assert.Equal(2, await Program.Main(["--urls", $"http://127.0.0.1:{port}"]));
    }

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:8787")]
    [InlineData("--urls", "https://127.0.0.1:8787")]
    [InlineData("--urls")]
    [InlineData("--token-delay", "soon")]
    [InlineData("--context-length", "0")]
    [InlineData("--unknown")]
    public async Task Invalid_arguments_end_the_program_with_exit_code_1(params string[] args) => Assert.Equal(1, await Program.Main(args));

    [Fact]
    public void Command_line_arguments_set_the_options()
    {
        var options = CommandLine.Read(["--urls", "http://localhost:1234", "--api-key=k", "--token-delay", "0", "--zdr"]);
        Assert.Equal(("localhost", 1234, "k", TimeSpan.Zero, true), (options.Host, options.Port, options.ApiKey, options.TokenDelay, options.ZeroDataRetention));
        var limits = CommandLine.Read(["--context-length", "8000", "--long-context-threshold=3000"]);
        Assert.Equal((8_000, 3_000), (limits.ContextLength, limits.LongContextThreshold));
        Assert.Equal("0.0.0.0", CommandLine.Read(["--allow-remote", "--urls", "http://*:80"]).Host);
    }

    private static async Task<TimeSpan> DisposeWithOpenStreamsAsync()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.StallAfter(2));
        api.Emulator.Faults.Enqueue(Fault.StallAfter(2));
        using var inMemory = new HttpClient(api.Emulator.CreateHandler());
        using var first = await api.OpenStreamAsync("""{"model":"grok-4.6","input":"Hello","stream":true}""");
        using var second = await OpenAsync(inMemory, api.Emulator.BaseAddress);

        var watch = Stopwatch.StartNew();
        await api.Emulator.DisposeAsync();
        var time = watch.Elapsed;
        Assert.All(api.Emulator.Requests, request => Assert.Equal(RequestOutcome.Aborted, request.Outcome.GetAwaiter().GetResult()));
        await Assert.ThrowsAnyAsync<Exception>(() => first.Content.ReadAsStringAsync(Token));
        Assert.Throws<ObjectDisposedException>(() => api.Emulator.CreateHandler());
        return time;
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient http, Uri address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address + "/responses");
        request.Content = new StringContent("""{"model":"grok-4.20-non-reasoning","input":"Hello","stream":true}""", Encoding.UTF8, "application/json");
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
