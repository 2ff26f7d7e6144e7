using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Web;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>The command <c>timings</c>: how long a node takes to return a long conversation, one of its turns, and an image, just after its start and later.</summary>
internal static class TimingsCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var turns = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 300;
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { MaxRecordedRequests = 1 });
        await using var first = await WebHost.StartAsync(emulator, "Logging:LogLevel:Default=Warning");
        using var visit = first.NewVisit();
        var (images, _) = await visit.AskAsync("Look.", null, $$""","images":[{{string.Join(',', Enumerable.Repeat($$"""{"data":"{{Some.Png(20, 10, (4 << 20) - 64)}}"}""", 4))}}]""");
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        for (var n = 1; n < turns; n++)
        {
            await visit.AskAsync($"Number {n}.", id);
        }

        var settings = (WebSettings)first.Services.GetService(typeof(WebSettings))!;
        await using var second = await WebHost.StartAsync(emulator, $"Web:Database={settings.Database}", "Logging:LogLevel:Default=Warning");
        using var again = second.NewVisit(visit.Cookies);
        await again.GetAsync("/api/about");
        var view = await again.ConversationAsync(images);
        var turn = (await visit.ConversationAsync(id)).GetProperty("turns")[turns - 1].GetProperty("id").GetString();
        var image = view.GetProperty("turns")[0].GetProperty("messages")[0].GetProperty("images")[0].GetProperty("url").GetString()!;
        foreach (var (name, path) in new[] { ("list", "/api/conversations"), ($"conversation of {turns} turns", $"/api/conversations/{id}"), ("one turn", $"/api/conversations/{id}/turns/{turn}"), ("image of 4 MiB", image) })
        {
            var (cold, size) = await TimeAsync(again, path);
            var warm = Enumerable.Range(0, 20).Select(_ => TimeAsync(again, path).GetAwaiter().GetResult().Time.TotalMilliseconds).Order().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30} first {cold.TotalMilliseconds,7:0.0} ms, then p50 {warm[10],6:0.0} ms, p95 {warm[18],6:0.0} ms, {size,9:N0} bytes"));
        }

        return 0;
    }

    private static async Task<(TimeSpan Time, int Size)> TimeAsync(Visit visit, string path)
    {
        var start = Stopwatch.GetTimestamp();
        var bytes = await visit.Http.GetByteArrayAsync(path);
        return (Stopwatch.GetElapsedTime(start), bytes.Length);
    }
}
