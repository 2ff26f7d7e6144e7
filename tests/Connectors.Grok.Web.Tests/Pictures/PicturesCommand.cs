using Connectors.Grok.Web.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Web;

namespace Connectors.Grok.Web.Tests.Pictures;

/// <summary>Takes the pictures of the README: the sample without a key, as everybody can start it, with fixed questions.</summary>
internal static class PicturesCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var folder = arguments is [var path] ? path : "docs";
        var database = Path.Combine(Directory.CreateTempSubdirectory("grok-web-").FullName, "conversations.db");
        await using var app = await ChatApp.BuildAsync(["--Urls=http://127.0.0.1:0", $"--Web:Database={database}"], static builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        await using var browser = new Browser();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var window = await browser.OpenAsync(app.Urls.First(), new() { ViewportSize = new() { Width = 1180, Height = 860 }, ColorScheme = scheme, DeviceScaleFactor = 1.5f });
            await AskAsync(window, "Compare the planets in a table and give me a list of what to do next.");
            await window.Button("New conversation").ClickAsync();
            await window.Page.GetByLabel("Search the web").CheckAsync();
            await AskAsync(window, "Which lighthouse is the oldest one that still works? Look it up, with sources.");
            await window.Page.GetByLabel("Search the web").UncheckAsync();
            await AskAsync(window, "Write a C# function that counts words.");
            await window.Page.WaitForTimeoutAsync(300);
            await SaveAsync(window, folder, $"web-{scheme.ToString().ToLowerInvariant()}.png");
            await window.Page.GetByRole(AriaRole.Link, new() { Name = "Compare the planets" }).ClickAsync();
            await Assertions.Expect(window.Page.Locator(".text table")).ToBeVisibleAsync();
            await window.Page.Locator("#main").EvaluateAsync("main => { main.scrollTop = 0; }");
            await window.Page.WaitForTimeoutAsync(300);
            await SaveAsync(window, folder, $"web-table-{scheme.ToString().ToLowerInvariant()}.png");
        }

        return 0;
    }

    // The emulator answers with the speed of a model.
    private static Task AskAsync(Window window, string question) => window.AskAsync(question);

    private static async Task SaveAsync(Window window, string folder, string name)
    {
        await window.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name), Animations = ScreenshotAnimations.Disabled });
        Console.WriteLine($"{Path.Combine(folder, name)}");
    }
}
