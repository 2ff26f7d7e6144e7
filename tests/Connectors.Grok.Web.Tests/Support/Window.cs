using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>
/// A visitor's browser window. Disposing asserts that the page sent no request to another host, violated no content security policy and
/// raised no script error.
/// </summary>
internal sealed class Window(IBrowserContext context, string address) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _problems = new();

    public IBrowserContext Context { get; } = context;

    public IPage Page { get; private set; } = null!;

    public ILocator Message => Page.GetByLabel("Your message", new() { Exact = true }).And(Page.Locator("textarea"));

    public ILocator Live => Page.Locator("#live");

    public ILocator Turns => Page.Locator("article.turn:not(#live)");

    public ILocator LastText => Page.Locator("article.turn .text").Last;

    /// <summary>Opens another tab, which becomes <see cref="Page"/>.</summary>
    public async Task<IPage> NewPageAsync(string path = "/")
    {
        Page = await Context.NewPageAsync();
        Page.PageError += (_, error) => _problems.Enqueue(error);
        Page.Console += (_, message) =>
        {
            // Failed requests are also logged here, and some tests expect them.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _problems.Enqueue(message.Text);
            }
        };
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                _problems.Enqueue($"requested {request.Url}");
            }
        };
        await Page.GotoAsync(path);
        await Assertions.Expect(Message).ToBeFocusedAsync();
        return Page;
    }

    public async Task SendAsync(string text)
    {
        await Message.FillAsync(text);
        await Message.PressAsync("Enter");
    }

    /// <summary>Sends a message and waits for the complete answer.</summary>
    public async Task AskAsync(string text)
    {
        var before = await Turns.CountAsync();
        await SendAsync(text);
        await Assertions.Expect(Turns).ToHaveCountAsync(before + 1);
        await Assertions.Expect(Live).ToHaveCountAsync(0);
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Saves a screenshot to the folder of the environment variable <c>WEB_SCREENSHOTS</c>, if set.</summary>
    public async Task TakeScreenshotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("WEB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Context.CloseAsync();
        Assert.Empty(_problems);
    }
}
