using System.Diagnostics;
using System.Globalization;
using System.Net;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Playwright;

namespace Connectors.Grok.Web.Tests.Pictures;

/// <summary>Measures how long a long conversation takes to open.</summary>
internal static class PaintCommand
{
    private const string Answer = "# Part {0}\n\nSome *text* with **weight**, and a list:\n\n1. first\n2. second\n\n```cs\nvar part = {0}; // code\n```\n\n| a | b |\n|---|--:|\n| {0} | 2 |\n";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var turns = arguments is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 300;
        await using var host = await WebHost.StartAsync("Web:MessagesPerVisitor=100000", "Logging:LogLevel:Default=Warning", "Logging:LogLevel:Microsoft.AspNetCore=Warning");
        using var visit = host.NewVisit();
        string? id = null;
        for (var turn = 1; turn <= turns; turn++)
        {
            host.Emulator.Script.Reply(Answer.Replace("{0}", $"{turn}", StringComparison.Ordinal));
            (id, _) = await visit.AskAsync($"Question {turn} {Marked.Prompt}", id);
        }

        await MeasureAsync(visit, id!);
        await using var browser = new Browser();
        await using var window = await browser.OpenAsync(host, new() { ViewportSize = new() { Width = 1100, Height = 760 } });
        await window.Context.AddCookiesAsync(visit.Cookies.GetAllCookies().Select(cookie => new Microsoft.Playwright.Cookie { Name = cookie.Name, Value = cookie.Value, Url = host.Address }));
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await window.Page.GotoAsync("/icon.svg");
            await window.Page.GotoAsync($"/#{id}");
            var times = await window.Page.EvaluateAsync<double[]>(
                """
                async () => {
                  while (document.body.dataset.ready !== 'true') await new Promise(requestAnimationFrame);
                  const marks = performance.getEntriesByName('conversation-drawn');
                  const complete = performance.getEntriesByName('conversation-complete')[0];
                  return [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, marks[0]?.startTime ?? 0, document.querySelectorAll('article').length, complete?.startTime ?? marks[0]?.startTime ?? 0];
                }
                """);
            Console.WriteLine($"{times[2]} turns: first paint after {times[0]:F0} ms, newest turns after {times[1]:F0} ms, all after {times[3]:F0} ms");
            if ((int)times[2] != turns)
            {
                Console.WriteLine($"The page shows {times[2]} turns. It says: {await window.Page.Locator("#refusal").TextContentAsync()}");
                return 1;
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(Visit visit, string id)
    {
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await visit.Http.GetAsync($"/api/conversations/{id}");
            var bytes = (await response.Content.ReadAsByteArrayAsync()).Length;
            Console.WriteLine($"GET of the conversation: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms, {bytes / 1024} KiB{(response.StatusCode == HttpStatusCode.OK ? "" : $", {response.StatusCode}")}");
        }
    }
}
