using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Web.Tests;

/// <summary>Cookies of visitors, and limits for each address.</summary>
public class VisitorTests(VisitorTests.OddValuesHost shared) : IClassFixture<VisitorTests.OddValuesHost>
{
    [Fact]
    public async Task Cookie_that_was_not_created_here_makes_a_new_visitor()
    {
        await using var host = await WebHost.StartAsync();
        var forged = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        foreach (var cookie in new[] { forged, $"{forged}.{forged}", $"{forged}.", $"{forged}.a.b" })
        {
            using var response = await SendAsync(host, HttpMethod.Get, "/api/conversations", $"visitor={cookie}");
            var set = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Assert.StartsWith("visitor=", set, StringComparison.Ordinal);
            Assert.DoesNotContain(forged, set, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cookie_of_one_node_is_accepted_by_another_one()
    {
        await using var emulator = await GrokEmulator.StartAsync();
        await using var one = await WebHost.StartAsync(emulator);
        var database = one.Services.GetRequiredService<global::Web.WebSettings>().Database;
        await using var two = await WebHost.StartAsync(emulator, $"Web:Database={database}");
        using var first = await SendAsync(one, HttpMethod.Get, "/api/conversations", null);
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie")).Split(';')[0];
        using var second = await SendAsync(two, HttpMethod.Get, "/api/conversations", cookie);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Unsigned_cookie_of_an_earlier_version_keeps_its_conversations_and_is_replaced()
    {
        await using var host = await WebHost.StartAsync();
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var tenant = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
        await host.Services.GetRequiredService<ConversationChatClient>().GetResponseAsync(Marked.Prompt, new ChatOptions { ConversationId = "old" }.WithTenant(tenant));
        using var response = await SendAsync(host, HttpMethod.Get, "/api/conversations", $"visitor={secret}");
        Assert.Contains("\"old\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.StartsWith($"visitor={secret}.", cookie, StringComparison.Ordinal);
        using var again = await SendAsync(host, HttpMethod.Get, "/api/conversations", cookie);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Cookie_over_https_has_the_host_prefix_and_takes_over_the_plain_one()
    {
        await using var host = await WebHost.StartAsync("FORWARDEDHEADERS_ENABLED=true");
        using var plain = await SendAsync(host, HttpMethod.Get, "/api/conversations", null);
        var cookie = Assert.Single(plain.Headers.GetValues("Set-Cookie")).Split(';')[0];
        using var secure = await SendAsync(host, HttpMethod.Get, "/api/conversations", cookie, "https");
        var set = secure.Headers.GetValues("Set-Cookie").ToList();
        Assert.StartsWith($"__Host-{cookie};", set[0], StringComparison.Ordinal);
        Assert.Contains("secure", set[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", set[0], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", set[0], StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("visitor=;", set[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_visit_deletes_the_cookie_and_the_next_request_is_another_visitor()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        await visit.AskAsync(Marked.Prompt);
        using (var ended = await visit.Http.DeleteAsync("/api/visit"))
        {
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
            Assert.Contains("\"cache\"", Assert.Single(ended.Headers.GetValues("Clear-Site-Data")), StringComparison.Ordinal);
            Assert.StartsWith("visitor=;", Assert.Single(ended.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        }

        Assert.Empty((await visit.GetAsync("/api/conversations")).EnumerateArray());
    }

    [Fact]
    public async Task Messages_and_running_answers_are_limited_for_an_address_however_many_cookies_it_has()
    {
        await using var host = await WebHost.StartAsync("Web:MessagesPerAddress=3", "Web:MaxRunningPerAddress=1");
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate).Text("."));
        foreach (var (status, code) in new[] { (HttpStatusCode.Accepted, ""), (HttpStatusCode.TooManyRequests, "too-many-answers"), (HttpStatusCode.TooManyRequests, "too-many-answers"), (HttpStatusCode.TooManyRequests, "rate-limit") })
        {
            using var visit = host.NewVisit();
            using var response = await visit.PostAsync("/api/conversations", """{"text":"Hello."}""");
            if (status == HttpStatusCode.Accepted)
            {
                Assert.Equal(status, response.StatusCode);
            }
            else
            {
                await response.ShouldBeProblemAsync(status, code);
            }
        }

        gate.Release();
    }

    [Theory]
    [InlineData("POST", "conversations/{id}/messages", "{\"text\":\"Hi\",\"after\":\"\\u0000\"}", HttpStatusCode.NotFound)]
    [InlineData("POST", "conversations/{id}/fork", "{\"turn\":\"\\u0000\"}", HttpStatusCode.NotFound)]
    [InlineData("POST", "conversations/{id}/regenerate", "{\"turn\":\"\\u0000\"}", HttpStatusCode.NotFound)]
    [InlineData("POST", "conversations/{id}/messages", "{\"text\":\"Hi\",\"after\":\"\\ud800\"}", HttpStatusCode.BadRequest)]
    [InlineData("POST", "conversations/{id}/messages", "{\"text\":\"Hi\",\"model\":\"\\u0000\"}", HttpStatusCode.BadRequest)]
    [InlineData("POST", "conversations/{id}/messages", "{\"text\":\"Hi\",\"effort\":\"utmost\"}", HttpStatusCode.BadRequest)]
    [InlineData("POST", "conversations", "{\"text\":\"\\u0000 Hi\"}", HttpStatusCode.Accepted)]
    [InlineData("PATCH", "conversations/{id}", "{\"title\":\"\\u0000\\u0007 New\"}", HttpStatusCode.NoContent)]
    [InlineData("PATCH", "conversations/{id}", "{\"title\":null}", HttpStatusCode.NoContent)]
    [InlineData("PATCH", "conversations/unknown", "{\"title\":\"New\"}", HttpStatusCode.NotFound)]
    [InlineData("GET", "conversations/{id}?turn=%00", "", HttpStatusCode.NotFound)]
    [InlineData("GET", "conversations?title=%00", "", HttpStatusCode.OK)]
    [InlineData("GET", "conversations/{id}/export?format=pdf", "", HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "conversations/{id}/turns/unknown", "", HttpStatusCode.NotFound)]
    public async Task Odd_values_are_no_internal_error(string method, string path, string body, HttpStatusCode status)
    {
        using var visit = shared.Host.NewVisit();
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/{path.Replace("{id}", id, StringComparison.Ordinal)}");
        request.Content = body.Length > 0 ? new StringContent(body, Visit.Json) : null;
        using var response = await visit.Http.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        await visit.GetAsync("/api/conversations");
    }

    [Fact]
    public async Task Unknown_charset_is_a_problem()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        foreach (var path in new[] { "/api/conversations", "/api/conversations/none/fork" })
        {
            using var content = new ByteArrayContent("""{"text":"Hi"}"""u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=zzz");
            using var response = await visit.Http.PostAsync(path, content);
            await response.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "not-utf8");
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(WebHost host, HttpMethod method, string path, string? cookie, string scheme = "http")
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(host.Address) };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Forwarded-Proto", scheme);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await http.SendAsync(request);
    }

    public sealed class OddValuesHost() : SharedHost;
}
