using System.Net;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>Rejected requests and failures, which return problem details with a trace id and without secrets.</summary>
public class BadInputTests(BadInputTests.LimitsHost limits, BadInputTests.HeadersHost headers) : IClassFixture<BadInputTests.LimitsHost>, IClassFixture<BadInputTests.HeadersHost>
{
    public static TheoryData<string, string, HttpStatusCode, string> Messages => new()
    {
        { "broken JSON", $$"""{"text":"{{Marked.Prompt}}""", HttpStatusCode.BadRequest, "bad-request" },
        { "nothing", "", HttpStatusCode.BadRequest, "bad-request" },
        { "another shape", $$"""["{{Marked.Prompt}}"]""", HttpStatusCode.BadRequest, "bad-request" },
        { "another type", """{"text":5}""", HttpStatusCode.BadRequest, "bad-request" },
        { "null", "null", HttpStatusCode.BadRequest, "bad-request" },
        { "empty text", """{"text":" \n "}""", HttpStatusCode.BadRequest, "empty-text" },
        { "no text", "{}", HttpStatusCode.BadRequest, "empty-text" },
        { "a long text", $$"""{"text":"{{Marked.Prompt}} {{new string('x', 1000)}}"}""", HttpStatusCode.RequestEntityTooLarge, "text-too-long" },
        { "an image without image data", $$"""{"images":[{"data":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(Marked.Prompt))}}"}]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "a GIF", """{"images":[{"data":"R0lGODdhAQABAAAAACw="}]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "an image without base64", """{"images":[{"data":"?"}]}""", HttpStatusCode.BadRequest, "bad-request" },
        { "an image without bytes", """{"images":[{}]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "a null image", """{"images":[null]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "a large image", $$"""{"images":[{"data":"{{Some.Png(20, 10, 2000)}}"}]}""", HttpStatusCode.RequestEntityTooLarge, "image-too-large" },
        { "too many images", $$"""{"images":[{{string.Join(',', Enumerable.Repeat($$"""{"data":"{{Some.Png(20, 10)}}"}""", 3))}}]}""", HttpStatusCode.BadRequest, "too-many-images" },
        { "an image that the service rejects", $$"""{"images":[{"data":"{{Some.Png(2, 2)}}"}]}""", HttpStatusCode.UnprocessableEntity, "invalid" },
        { "a body over the size limit", $$"""{"text":"{{new string('x', 60_000)}}"}""", HttpStatusCode.RequestEntityTooLarge, "too-large" },
    };

    [Theory]
    [MemberData(nameof(Messages), DisableDiscoveryEnumeration = true)]
    public async Task Invalid_message_returns_a_problem(string message, string json, HttpStatusCode status, string code)
    {
        using var visit = limits.Host.NewVisit();
        using var response = await visit.PostAsync("/api/conversations", json);
        await response.ShouldBeProblemAsync(status, code);
        Assert.Empty((await visit.GetAsync("/api/conversations")).EnumerateArray());
        Assert.NotEmpty(message);
    }

    [Fact]
    public async Task Body_without_JSON_unknown_route_and_wrong_method_return_problems()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        using var form = await visit.Http.PostAsync("/api/conversations", new FormUrlEncodedContent([new("text", Marked.Prompt)]));
        await form.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType);
        using var nothing = await visit.Http.GetAsync("/api/frobnicate");
        await nothing.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        using var method = await visit.Http.PutAsync("/api/conversations", null);
        await method.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed);
    }

    public static TheoryData<string, Fault, HttpStatusCode, string> ServiceFailures => new()
    {
        { "a rate limit", Fault.RateLimited(TimeSpan.FromSeconds(7)), HttpStatusCode.TooManyRequests, "rate-limit" },
        { "an exhausted quota", Fault.QuotaExceeded(), HttpStatusCode.ServiceUnavailable, "quota" },
        { "a key without permission", Fault.AccessDenied(), HttpStatusCode.BadGateway, "refused" },
        { "a guideline violation", Fault.ContentPolicy(), HttpStatusCode.UnprocessableEntity, "content-policy" },
        { "a failing service", Fault.ServerError(), HttpStatusCode.BadGateway, "service" },
        { "a web page", Fault.Html(), HttpStatusCode.BadGateway, "service" },
        { "an error message of the service", Fault.Status(400, "invalid", $"{Marked.Prompt} is bad, with key {Marked.Key}"), HttpStatusCode.UnprocessableEntity, "invalid" },
        { "an error as the first frame", Fault.ErrorFirst(), HttpStatusCode.BadGateway, "service" },
    };

    [Theory]
    [MemberData(nameof(ServiceFailures), DisableDiscoveryEnumeration = true)]
    public async Task Service_failure_returns_a_problem_without_messages_of_the_service(string message, Fault fault, HttpStatusCode status, string code)
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Faults.Enqueue(fault);
        using var response = await visit.PostAsync("/api/conversations", $$"""{"text":"{{Marked.Prompt}}"}""");
        var problem = await response.ShouldBeProblemAsync(status, code);
        if (code == "rate-limit")
        {
            Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
            Assert.Equal(7, problem.GetProperty("retryAfter").GetInt32());
        }

        Assert.NotEmpty(message);
    }

    [Theory]
    [InlineData("untyped-error; after=8")]
    [InlineData("nested-error; after=8")]
    [InlineData("cut; after=8")]
    [InlineData("end; after=8")]
    public async Task Failure_in_mid_stream_is_an_event_after_the_partial_text(string fault)
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply(r => r.Deltas([.. Enumerable.Repeat("word ", 50)]).Fault(Fault.Parse(fault)));
        var (_, run) = await visit.SendAsync(Marked.Prompt);
        var events = await visit.EventsAsync(run).ToListAsync();
        Assert.StartsWith("word word", Visit.TextOf(events), StringComparison.Ordinal);
        Assert.Equal("failed", events[^1].EventType);
        Assert.Contains("broken-off", events[^1].Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exceeded_budget_returns_a_problem()
    {
        await using var host = await WebHost.StartAsync("Grok:Conversations:Budget=0.0000001");
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        using var response = await visit.PostAsync($"/api/conversations/{id}/messages", """{"text":"More"}""");
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "budget");
    }

    [Fact]
    public async Task Unreachable_store_returns_a_problem_without_secrets()
    {
        await using var host = await WebHost.StartAsync("ConnectionStrings:Conversations=Host=127.0.0.1;Port=1;Database=none;Password=" + Marked.Key);
        using var visit = host.NewVisit();
        using var response = await visit.Http.GetAsync("/api/conversations");
        await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "store");
        using var send = await visit.PostAsync("/api/conversations", $$"""{"text":"{{Marked.Prompt}}"}""");
        await send.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "store");
        Assert.NotNull(send.Headers.RetryAfter);
    }

    [Fact]
    public async Task Rate_limits_apply_per_visitor()
    {
        await using var host = await WebHost.StartAsync("Web:MessagesPerVisitor=2", "Web:StreamsPerVisitor=1");
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate).Text("."));
        var (_, run) = await visit.SendAsync(Marked.Prompt);
        await using var open = visit.EventsAsync(run).GetAsyncEnumerator();
        Assert.True(await open.MoveNextAsync());
        using (var second = await visit.Http.GetAsync($"/api/runs/{run}/events"))
        {
            await second.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "rate-limit");
        }

        gate.Release();
        await visit.SendAsync("Two");
        using var third = await visit.PostAsync("/api/conversations", """{"text":"Three"}""");
        await third.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "rate-limit");
        Assert.NotNull(third.Headers.RetryAfter);
        using var other = host.NewVisit();
        await other.AskAsync("One");
    }

    [Fact]
    public async Task Cross_site_requests_are_rejected()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        foreach (var (name, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/conversations") { Content = new StringContent("""{"text":"Hi"}""", Visit.Json) };
            request.Headers.Add(name, value);
            using var response = await visit.Http.SendAsync(request);
            await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/");
        foreign.Headers.Host = "evil.example";
        using var refused = await visit.Http.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(host.Emulator.Requests);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/app.js")]
    [InlineData("/api/about")]
    [InlineData("/api/conversations/none")]
    public async Task Every_response_has_security_headers(string path)
    {
        using var visit = headers.Host.NewVisit();
        using var response = await visit.Http.GetAsync(path);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal(path.StartsWith("/api", StringComparison.Ordinal), response.Headers.CacheControl?.NoStore);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Visitor_cookie_is_protected_and_forged_cookies_see_no_conversations()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        using (var response = await visit.Http.GetAsync("/api/about"))
        {
            var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(host.Log.Lines, line => line.Contains(cookie[8..51], StringComparison.Ordinal));
        }

        await visit.AskAsync(Marked.Prompt);
        foreach (var forged in new[] { "x", new string('?', 43), new string('A', 44), "" })
        {
            var cookies = new CookieContainer();
            cookies.Add(new Uri(host.Address), new Cookie("visitor", forged));
            using var other = host.NewVisit(cookies);
            using var response = await other.Http.GetAsync("/api/conversations");
            Assert.Equal("[]", await response.Content.ReadAsStringAsync());
            Assert.True(response.Headers.Contains("Set-Cookie"));
        }
    }

    public sealed class LimitsHost() : SharedHost("Web:MaxText=500", "Web:MaxImages=2", "Web:MaxImageBytes=1500");

    public sealed class HeadersHost() : SharedHost;
}
