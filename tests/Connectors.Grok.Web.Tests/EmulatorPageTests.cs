using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Connectors.Grok.Web.Tests;

/// <summary>The page of the emulator in a browser, and pages of other sites that try to use the emulator.</summary>
public class EmulatorPageTests(Browser browser)
{
    private const string Hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>\u001b[2J";

    /// <summary>Everything that a page can try with <c>fetch</c>; returns the status and the text of each answer that it can read.</summary>
    private const string Attempts =
        """
        async ([target, id]) => {
          const body = '{"model":"grok-4.7","input":"Hello"}';
          const attempts = [
            ['/v1/responses', { method: 'POST', mode: 'no-cors', body }],
            ['/v1/responses', { method: 'POST', headers: { 'content-type': 'application/json' }, body }],
            ['/v1/responses/' + id, {}],
            ['/v1/responses/' + id, { mode: 'no-cors' }],
            ['/v1/responses/' + id, { method: 'DELETE' }],
            ['/emulator/api/state', {}],
            ['/emulator/api/faults', { method: 'POST', mode: 'no-cors', body: '{"fault":"cut"}' }],
            ['/emulator/api/faults', { method: 'DELETE' }],
          ];
          const results = [];
          for (const [path, options] of attempts) {
            try { const response = await fetch(target + path, options); results.push(response.status + ' ' + await response.text()); } catch (error) { results.push('blocked'); }
          }
          return results;
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Page_shows_requests_trees_costs_and_faults_without_accessibility_violations(ColorScheme scheme, int width)
    {
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ServePage = true, ApiKey = "page-key" });
        var origin = emulator.BaseAddress.GetLeftPart(UriPartial.Authority);
        var problems = new ConcurrentQueue<string>();
        await using var context = await browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        Watch(page, origin, problems);
        await page.GotoAsync(origin);
        await page.GetByLabel("API key of this emulator").FillAsync("page-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Expect(page.GetByText("No response was created yet.")).ToBeVisibleAsync();

        // A conversation with a fork, and text that is HTML and a control sequence, while the page is open.
        var root = await CreateAsync(emulator, "My name is Alice.");
        await CreateAsync(emulator, "What's my name?", root);
        await CreateAsync(emulator, Hostile, root);
        await Expect(page.Locator("#conversations > li")).ToHaveCountAsync(1);
        await Expect(page.Locator("#conversations > li > ol > li")).ToHaveCountAsync(2);
        await Expect(page.Locator("#conversations")).ToContainTextAsync("<img src=x onerror=alert(1)>");
        await Expect(page.Locator("#requests tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("#cost")).Not.ToHaveTextAsync("$0.000000");
        await Expect(page.Locator("img, #conversations script")).ToHaveCountAsync(0);

        await UseControlsAsync(page, emulator);
        var axe = await page.RunAxe();
        Assert.Empty(axe.Violations.Select(static violation => $"{violation.Id}: {string.Join("; ", violation.Nodes.Select(static node => node.Html))}"));
        if (Environment.GetEnvironmentVariable("WEB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"emulator-{scheme}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
        }

        Assert.Empty(problems);
    }

    [Fact]
    public async Task Page_of_another_site_creates_and_reads_nothing()
    {
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ServePage = true });
        var id = await CreateAsync(emulator, "A secret");
        await using var attacker = WebApplication.CreateSlimBuilder().Build();
        attacker.Urls.Add("http://127.0.0.1:0");
        attacker.Run(static http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<!doctype html><title>Attacker</title>");
        });
        await attacker.StartAsync();
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var port = emulator.BaseAddress.Port;
        foreach (var (site, target) in new[] { (attacker.Urls.First(), $"http://127.0.0.1:{port}"), ($"http://{Browser.ReboundName}:{port}/v1/models", $"http://{Browser.ReboundName}:{port}") })
        {
            await page.GotoAsync(site);
            var read = await page.EvaluateAsync<string[]>(Attempts, new[] { target, id });
            Assert.Equal(8, read.Length);
            Assert.All(read, static text => Assert.True(text is "blocked" or "0 " || text.StartsWith("403 ", StringComparison.Ordinal), text));
        }

        Assert.Equal((1, 1, 0), (emulator.StoredResponses, emulator.Requests.Count, emulator.Faults.Count));
    }

    private static async Task UseControlsAsync(IPage page, GrokEmulator emulator)
    {
        await page.GetByLabel("Fault", new() { Exact = true }).SelectOptionAsync("overloaded");
        await page.GetByRole(AriaRole.Button, new() { Name = "Queue", Exact = true }).ClickAsync();
        await Expect(page.Locator("#queued")).ToHaveTextAsync("1");
        Assert.Equal(1, emulator.Faults.Count);
        await page.GetByLabel("Parameters, such as retry-after=1").FillAsync("sooner=1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Queue", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The fault parameter 'sooner' does not exist.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Show request 1", Exact = true }).ClickAsync();
        await Expect(page.Locator("#detail-title")).ToBeFocusedAsync();
        await Expect(page.Locator("#body")).ToContainTextAsync("My name is Alice.");
        await Expect(page.Locator("#headers")).ToContainTextAsync("Bearer ***");
        Assert.False(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"));
    }

    private static void Watch(IPage page, string origin, ConcurrentQueue<string> problems)
    {
        page.PageError += (_, error) => problems.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                problems.Enqueue(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(origin, StringComparison.Ordinal))
            {
                problems.Enqueue($"requested {request.Url}");
            }
        };
    }

    private static async Task<string> CreateAsync(GrokEmulator emulator, string text, string? previous = null)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer page-key");
        using var response = await http.PostAsync($"{emulator.BaseAddress}/responses", JsonContent.Create(new JsonObject { ["model"] = "grok-4.7", ["input"] = text, ["previous_response_id"] = previous }));
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }
}
