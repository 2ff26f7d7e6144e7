using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>An emulator that is left running: pages of other sites, clients without a key, and bodies of any length.</summary>
public sealed class SafetyTests
{
    private const string Hello = """{"model":"grok-4.7","input":"Hello"}""";
    private const int BodyBytes = 40 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Host", "attacker.example")]
    [InlineData("Host", "localhost.attacker.example")]
    [InlineData("Host", "127.0.0.1.nip.example:8787")]
    [InlineData("Host", "169.254.1.1")]
    [InlineData("Origin", "https://attacker.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:3000")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Request_that_a_page_of_another_site_can_send_creates_and_reads_nothing(string name, string value)
    {
        await using var api = await Api.StartAsync();
        var id = Api.IdOf(await api.SayAsync("A secret"));
        foreach (var (method, path, body) in new[] { (HttpMethod.Post, "/v1/responses", Hello), (HttpMethod.Get, $"/v1/responses/{id}", null), (HttpMethod.Delete, $"/v1/responses/{id}", null) })
        {
            var refused = await api.SendToAsync(method, path, body, (name, value));
            Assert.Equal((HttpStatusCode.Forbidden, "emulator-site"), (refused.Status, refused.Code));
            Assert.DoesNotContain("A secret", refused.Body, StringComparison.Ordinal);
            Assert.False(refused.Message.Headers.Contains("Access-Control-Allow-Origin"));
        }

        Assert.Equal((1, 1), (api.Emulator.StoredResponses, api.Emulator.Requests.Count));
    }

    [Theory]
    [InlineData("Host", "localhost")]
    [InlineData("Host", "LOCALHOST:1234")]
    [InlineData("Host", "[::1]:1234")]
    [InlineData("Host", "[::ffff:127.0.0.1]")]
    [InlineData("Host", "emulator.test:80")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task Request_to_a_loopback_name_or_an_allowed_name_is_answered(string name, string value)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { AllowedHosts = { "Emulator.test" } });
        Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, (name, value))).Status);
    }

    [Fact]
    public async Task Own_origin_and_every_name_where_all_are_allowed_are_accepted()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { AllowedHosts = { "*" } });
        Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("Origin", api.Emulator.BaseAddress.GetLeftPart(UriPartial.Authority)))).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("Host", "any.example"))).Status);
    }

    [Fact]
    public async Task Address_is_accepted_as_a_name_where_other_machines_are_allowed()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { AllowRemote = true });
        Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("Host", "192.0.2.7:8787"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("Host", "attacker.example"))).Status);
    }

    [Theory]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task Loopback_address_in_the_form_of_IPv6_is_listened_on(string host)
    {
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { Host = host }, Token);
        Assert.Equal("127.0.0.1", emulator.BaseAddress.Host);
        Assert.Equal("[::ffff:127.0.0.1]", CommandLine.Read(["--urls", "http://[::ffff:127.0.0.1]:0"]).Host);
    }

    /// <summary>Bodies that must not be read: without a key, to a route that does not exist, of a type that is not accepted, to a route without a body, and too long.</summary>
    [Theory]
    [InlineData("/v1/responses", "application/json", null, HttpStatusCode.Unauthorized)]
    [InlineData("/v1/responses", "application/json", "wrong", HttpStatusCode.BadRequest)]
    [InlineData("/v1/nothing", "application/json", "right", HttpStatusCode.NotFound)]
    [InlineData("/v1/responses", "text/plain", "right", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/files", "application/json", "right", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/responses/some-id", "application/json", "right", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/v1/responses", "application/json", "right", HttpStatusCode.RequestEntityTooLarge)]
    public async Task Long_body_of_a_rejected_request_is_not_read(string path, string type, string? key, HttpStatusCode status)
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { ApiKey = "right", MaxRequestBytes = 1024 * 1024 });
        using var http = new HttpClient(emulator.CreateHandler());
        var counts = new List<long>();
        foreach (var hasLength in new[] { true, false })
        {
            using var body = new CountedBody(BodyBytes, hasLength);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(emulator.BaseAddress, path));
            request.Content = new StreamContent(body.Stream);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            request.Content.Headers.ContentLength = hasLength ? BodyBytes : null;
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            Assert.Equal(status, response.StatusCode);
            counts.Add(body.Read);
        }

        Assert.All(counts, count => Assert.InRange(count, 0, 4 * 1024 * 1024));
        Assert.All(emulator.Requests, request => Assert.Equal(0, request.Bytes));
    }

    [Fact]
    public async Task Short_body_is_read_before_the_key_is_checked_as_xAI_does()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ApiKey = "right" });
        Assert.Equal(HttpStatusCode.NotFound, (await api.CreateAsync("""{"model":"unknown","input":"Hello"}""")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.CreateAsync(Hello)).Status);
    }

    [Fact]
    public async Task Kept_requests_are_bounded_in_bytes_and_the_newest_is_kept()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { MaxRecordedBytes = 1_000_000 });
        var text = new string('x', 100_000);
        for (var number = 0; number < 5; number++)
        {
            await api.CreateAsync($$"""{"model":"grok-4.7","input":"{{number}}{{text}}"}""");
        }

        Assert.Equal(["3", "4"], api.Emulator.Requests.Select(request => request.LastUserText![..1]));
        await api.CreateAsync($$"""{"model":"grok-4.7","input":"5{{text}}{{text}}{{text}}{{text}}"}""");
        Assert.Equal("5", Assert.Single(api.Emulator.Requests).LastUserText![..1]);
    }

    [Fact]
    public async Task Stored_responses_and_files_are_bounded_in_bytes()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { MaxStoredBytes = 1_000_000 });
        var text = new string('x', 100_000);
        var ids = new List<string>();
        for (var number = 0; number < 4; number++)
        {
            ids.Add(Api.IdOf(await api.SayAsync($"{number}{text}")));
        }

        Assert.Equal(2, api.Emulator.StoredResponses);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{ids[1]}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, $"/responses/{ids[3]}")).Status);
        await api.SendAsync(HttpMethod.Delete, $"/responses/{ids[2]}");
        await api.SayAsync(text);
        Assert.Equal(2, api.Emulator.StoredResponses);

        Assert.Equal(HttpStatusCode.OK, await UploadAsync(600_000));
        Assert.Equal(HttpStatusCode.InsufficientStorage, await UploadAsync(600_000));
        Assert.Equal(HttpStatusCode.OK, await UploadAsync(300_000));

        async Task<HttpStatusCode> UploadAsync(int length)
        {
            using var file = new ByteArrayContent(new byte[length]);
            using var form = new MultipartFormDataContent { { file, "file", "a.bin" } };
            using var response = await api.Http.PostAsync($"{api.Emulator.BaseAddress}/files", form, Token);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Bodies_beyond_the_limit_of_all_get_503_until_others_are_finished()
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { MaxRequestBytes = 64 * 1024 });
        using var http = new HttpClient(emulator.CreateHandler());
        var gate = new ReplyGate();
        emulator.Script.WhenText("wait").Always(reply => reply.Hold(gate).Text("Done."));
        var waiting = Enumerable.Range(0, 4).Select(_ => PostAsync("wait")).ToList();
        await gate.Reached.WaitAsync(TimeSpan.FromMinutes(1), Token);
        while (emulator.Requests.Count < 4)
        {
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync("now"));
        gate.Release();
        Assert.All(await Task.WhenAll(waiting), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("now"));

        async Task<HttpStatusCode> PostAsync(string word)
        {
            var body = $$"""{"model":"grok-4.7","input":"{{word}} {{new string(' ', 60_000)}}"}""";
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync($"{emulator.BaseAddress}/responses", content, Token);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData(0, 64 * 1024)]
    [InlineData(1, 1024)]
    public void Limits_that_are_too_small_are_rejected(long recorded, int body) =>
        Assert.Throws<ArgumentException>(() => new GrokEmulator(new GrokEmulatorOptions { MaxRecordedBytes = recorded, MaxRequestBytes = body }));

    [Fact]
    public void Control_characters_are_escaped_in_messages_and_lines()
    {
        Assert.Equal(@"a\u001B]52;c;aGk=\u0007b\u001B[2J\u000A\u202E\u009B🙂", Foundation.Printable.Escape("a\u001b]52;c;aGk=\ab\u001b[2J\n\u202e\u009b🙂"));
        Assert.Equal(2_001, Foundation.Printable.Escape(new string('x', 5_000)).Length);
        Assert.Equal("a\nb", Foundation.Printable.Escape("a\nb", keepsLines: true));
    }

    [Fact]
    public async Task Assertion_message_holds_no_control_character_of_a_request()
    {
        await using var api = await Api.StartAsync();
        await api.CreateAsync("""{"model":"grok-4.7","input":"\u001b[2J\u001b]52;c;aGk=\u0007"}""");
        var message = Assert.Throws<EmulatorAssertionException>(() => api.Emulator.Requests[0].ShouldSay("Hello")).Message;
        Assert.DoesNotContain(message, character => char.IsControl(character) && character != '\n');
        Assert.Contains(@"\u001B[2J", message, StringComparison.Ordinal);
    }
}
