using System.Net;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>What is refused, and how it is told: problem details with a trace id and no secrets.</summary>
public class BadInputTests
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
        { "an image that is none", $$"""{"images":[{"data":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(Marked.Prompt))}}"}]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "a GIF", """{"images":[{"data":"R0lGODdhAQABAAAAACw="}]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "an image that is no base64", """{"images":[{"data":"?"}]}""", HttpStatusCode.BadRequest, "bad-request" },
        { "an image without bytes", """{"images":[{}]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "no image at all", """{"images":[null]}""", HttpStatusCode.UnsupportedMediaType, "no-image" },
        { "a large image", $$"""{"images":[{"data":"{{Some.Png(20, 10, 2000)}}"}]}""", HttpStatusCode.RequestEntityTooLarge, "image-too-large" },
        { "an image too many", $$"""{"images":[{{string.Join(',', Enumerable.Repeat($$"""{"data":"{{Some.Png(20, 10)}}"}""", 3))}}]}""", HttpStatusCode.BadRequest, "too-many-images" },
        { "an image that the service refuses", $$"""{"images":[{"data":"{{Some.Png(2, 2)}}"}]}""", HttpStatusCode.UnprocessableEntity, "invalid" },
        { "more bytes than fit", $$"""{"text":"{{new string('x', 60_000)}}"}""", HttpStatusCode.RequestEntityTooLarge, "too-large" },
    };

    [Theory]
    [MemberData(nameof(Messages), DisableDiscoveryEnumeration = true)]
    public async Task A_message_that_cannot_be_sent_is_a_problem(string what, string json, HttpStatusCode status, string code)
    {
        await using var host = await WebHost.StartAsync("Web:MaxText=500", "Web:MaxImages=2", "Web:MaxImageBytes=1500");
        using var visit = host.NewVisit();
        using var response = await visit.PostAsync("/api/conversations", json);
        await response.ShouldBeProblemAsync(status, code);
        Assert.Empty((await visit.GetAsync("/api/conversations")).EnumerateArray());
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_is_a_problem_and_so_is_an_unknown_route()
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

    public static TheoryData<string, Fault, HttpStatusCode, string> Refusals => new()
    {
        { "a rate limit", Fault.RateLimited(TimeSpan.FromSeconds(7)), HttpStatusCode.TooManyRequests, "rate-limit" },
        { "a used up quota", Fault.QuotaExceeded(), HttpStatusCode.ServiceUnavailable, "quota" },
        { "a key that may not", Fault.AccessDenied(), HttpStatusCode.BadGateway, "refused" },
        { "guidelines", Fault.ContentPolicy(), HttpStatusCode.UnprocessableEntity, "content-policy" },
        { "a failing service", Fault.ServerError(), HttpStatusCode.BadGateway, "service" },
        { "a web page", Fault.Html(), HttpStatusCode.BadGateway, "service" },
        { "the service's words", Fault.Status(400, "invalid", $"{Marked.Prompt} is bad, with key {Marked.Key}"), HttpStatusCode.UnprocessableEntity, "invalid" },
        { "an error as the first frame", Fault.ErrorFirst(), HttpStatusCode.BadGateway, "service" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task What_the_service_refuses_is_a_problem_in_our_own_words(string what, Fault fault, HttpStatusCode status, string code)
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

        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("untyped-error; after=8")]
    [InlineData("nested-error; after=8")]
    [InlineData("cut; after=8")]
    [InlineData("end; after=8")]
    public async Task A_service_that_fails_in_mid_stream_is_an_event_after_what_came(string fault)
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
    public async Task A_conversation_that_has_cost_enough_is_a_problem()
    {
        await using var host = await WebHost.StartAsync("Grok:Conversations:Budget=0.0000001");
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        using var response = await visit.PostAsync($"/api/conversations/{id}/messages", """{"text":"More"}""");
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "budget");
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_a_problem_and_names_nothing()
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
    public async Task Too_many_requests_are_a_problem_of_the_one_who_sends_them()
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
    public async Task Another_site_can_make_nobody_send_anything()
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
    public async Task Every_answer_says_what_browsers_may_do_with_it(string path)
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
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
    public async Task The_visitor_s_cookie_is_nobody_else_s_business_and_a_forged_one_opens_nothing()
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
}
