using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Connectors.Grok.Web.Tests.Support.Browser))]

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>The installed Chromium, headless. Without one, the tests that need it are skipped.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>A host name that resolves to this machine.</summary>
    internal const string ReboundName = "rebound.test";

    private static readonly string[] Quiet =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        // Screenshots and widths must not depend on a scroll bar.
        "--hide-scrollbars",
        // A name that an attacker has given the address of this machine.
        $"--host-resolver-rules=MAP {ReboundName} 127.0.0.1",
    ];

    // A generous timeout, because tests run concurrently on machines of any speed.
    private const float MaxWait = 60_000;

    private readonly string? _executable = Find();
    private readonly SemaphoreSlim _launching = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a context without a page.</summary>
    internal async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        var context = await (await LaunchAsync()).NewContextAsync(options ?? new());
        context.SetDefaultTimeout(MaxWait);
        return context;
    }

    /// <summary>Opens a window with a new visitor.</summary>
    internal Task<Window> OpenAsync(WebHost host, BrowserNewContextOptions? options = null) => OpenAsync(host.Address, options);

    /// <summary>Opens a window with a new visitor of the page at an address.</summary>
    internal async Task<Window> OpenAsync(string address, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.BaseURL = address;
        var context = await NewContextAsync(options);
        var window = new Window(context, address);
        await window.NewPageAsync();
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
        _launching.Dispose();
    }

    private async Task<IBrowser> LaunchAsync()
    {
        Assert.SkipWhen(_executable is null, "No Chromium is installed (Debian: apt-get install chromium).");
        await _launching.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(MaxWait);
            return _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = _executable,
                Args = Environment.IsPrivilegedProcess ? [.. Quiet, "--no-sandbox"] : Quiet,
            });
        }
        finally
        {
            _launching.Release();
        }
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
        .SelectMany(static folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
