using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Connectors.Grok.Web.Tests;

/// <summary>Accessibility and appearance: keyboard, screen readers, narrow screens, dark colors and reduced motion.</summary>
public class AppearanceTests(Browser browser)
{
    private const string Question = "Which lighthouse is the oldest one still at work?";

    [Fact]
    public async Task Page_is_usable_by_keyboard_alone()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var keys = window.Page.Keyboard;
        host.Emulator.Script.Reply(static r => r.Reasoning("Quietly thought.").Text("An answer."));
        await keys.TypeAsync("Two");
        await keys.PressAsync("Shift+Enter");
        await keys.TypeAsync($"lines {Marked.Prompt}");
        await keys.PressAsync("Enter");
        await Expect(window.Turns).ToHaveCountAsync(1);
        await Expect(window.Turns.Locator(".message")).ToContainTextAsync($"Two\nlines {Marked.Prompt}");

        await TabToAsync(window, "summary", "Reasoning", back: true);
        await keys.PressAsync("Enter");
        await Expect(window.Turns.GetByText("Quietly thought.")).ToBeVisibleAsync();
        await TabToAsync(window, "button", "Fork from here");
        await keys.PressAsync("Space");
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("This is a fork.");
        await Expect(window.Page.Locator("#title")).ToBeFocusedAsync();

        await window.Page.ReloadAsync();
        await Expect(window.Message).ToBeFocusedAsync();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("Too long").Hold(gate));
        await keys.TypeAsync("And?");
        await keys.PressAsync("Enter");
        await Expect(window.LastText).ToHaveTextAsync("Too long");
        await keys.PressAsync("Escape");
        await Expect(window.Page.GetByText("You stopped this answer.")).ToBeVisibleAsync();
        await Expect(window.Message).ToBeFocusedAsync();

        await TabToAsync(window, "a", "Skip to the message", back: true);
        await keys.PressAsync("Enter");
        await Expect(window.Message).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Elements_have_accessible_names_and_roles()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"{Question} {Marked.Prompt}");
        var unnamed = await window.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('button, a[href], input, textarea, img, summary, dialog, nav, main, form')]
              .filter(node => !(node.getAttribute('aria-label') || node.labels?.length || node.textContent.trim() || node.alt || node.getAttribute('aria-labelledby') || node.getAttribute('aria-hidden')))
              .map(node => node.outerHTML)
            """);
        Assert.Empty(unnamed);
        var misnamed = await window.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button[aria-label]')].filter(node => !node.ariaLabel.toLowerCase().includes(node.textContent.trim().toLowerCase())).map(node => node.outerHTML)");
        Assert.Empty(misnamed);
        await Expect(window.Turns.Locator(".message")).ToHaveAttributeAsync("dir", "auto");
        await Expect(window.Turns.Locator(".text p").First).ToHaveAttributeAsync("dir", "auto");
        await Expect(window.Message).ToHaveAttributeAsync("dir", "auto");
        Assert.Equal("en", await window.Page.Locator("html").GetAttributeAsync("lang"));
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveCountAsync(1);
        await Expect(window.Page.GetByRole(AriaRole.Article, new() { Name = "Turn 1" })).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();

        // Streamed text is not announced piece by piece: only the status is a live region, and it is set when the answer is complete.
        await Expect(window.Page.Locator("#log [aria-live=polite], #log[aria-live], #log[role=log]")).ToHaveCountAsync(0);
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToHaveAttributeAsync("aria-live", "polite");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Page_fits_a_width_of_360_pixels(ColorScheme scheme)
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { ViewportSize = new() { Width = 360, Height = 740 }, ColorScheme = scheme, HasTouch = true, DeviceScaleFactor = 2 });
        host.Emulator.Script.Reply(static r => r.Text("The Tower of Hercules. A long line of code scrolls by itself:\n\n```\n" + new string('x', 200) + "\n```\n\nand a word does not: " + new string('y', 120)));
        await window.AskAsync($"{Question} {new string('z', 80)}");
        await AssertFitsAsync(window);
        await window.TakeScreenshotAsync($"phone-{scheme.ToString().ToLowerInvariant()}");
        var menu = window.Button("Conversations");
        await menu.ClickAsync();
        await Expect(menu).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(window.Button("New conversation")).ToBeVisibleAsync();
        await AssertFitsAsync(window);
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Button("New conversation")).ToBeHiddenAsync();
        await Expect(menu).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_has_sufficient_contrast_in_both_color_schemes(ColorScheme scheme)
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { ViewportSize = new() { Width = 1100, Height = 760 }, ColorScheme = scheme });
        host.Emulator.Script
            .Reply(static r => r.Reasoning("They ask for the oldest that still works, not the oldest that stood.").Text("The **Tower of Hercules** in A Coruña, built in the second century and in use ever since").Cite("https://a.example/lighthouses").Text("."))
            .Reply(static r => r.Text("In this order:\n\n1. climb the 234 steps,\n2. look to the north,\n3. read the inscription with\n\n```\nlantern --sweep 4 --period 20s\n```"));
        await window.AskAsync(Question);
        await window.AskAsync("What should I do there?");
        var brightness = await window.Page.EvaluateAsync<double>("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765");
        Assert.True(scheme == ColorScheme.Dark ? brightness < 0.2 : brightness > 0.8, $"{brightness}");
        foreach (var part in new[] { "#title", "#totals", ".text", ".message", ".meta", ".list a", "#send", ".reasoning summary", ".sources a", "#keys", "#panel summary" })
        {
            Assert.True(await ContrastAsync(window, part) >= 4.5, $"{part}: {await ContrastAsync(window, part)}");
        }

        await window.TakeScreenshotAsync($"desktop-{scheme.ToString().ToLowerInvariant()}");
    }

    [Fact]
    public async Task Animation_is_off_with_reduced_motion()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { ReducedMotion = ReducedMotion.Reduce });
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate).Text("."));
        await window.SendAsync(Marked.Prompt);
        await Expect(window.LastText).ToHaveTextAsync("So");
        Assert.Equal("none", await window.Live.Locator(".progress").EvaluateAsync<string>("node => getComputedStyle(node, '::before').animationName"));
        gate.Release();
        await Expect(window.Turns).ToHaveCountAsync(1);
    }

    private static async Task AssertFitsAsync(Window window) =>
        Assert.True(await window.Page.EvaluateAsync<bool>("() => [document.documentElement, document.body, document.querySelector('main')].every(node => node.scrollWidth <= 360)"));

    /// <summary>Presses Tab until the focused element has the given name and text.</summary>
    private static async Task TabToAsync(Window window, string name, string text, bool back = false)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            await window.Page.Keyboard.PressAsync(back ? "Shift+Tab" : "Tab");
            if (await window.Page.EvaluateAsync<bool>("([name, text]) => document.activeElement.localName === name && document.activeElement.textContent === text", new[] { name, text }))
            {
                return;
            }
        }

        Assert.Fail($"{text} cannot be reached with the Tab key.");
    }

    /// <summary>Computes the contrast ratio of a text according to WCAG 2.</summary>
    private static Task<double> ContrastAsync(Window window, string selector) => window.Page.Locator(selector).First.EvaluateAsync<double>(
        """
        node => {
          const parts = color => color.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
          let behind = node;
          while ((parts(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
          const [one, two] = [light(parts(getComputedStyle(node).color)), light(parts(getComputedStyle(behind).backgroundColor))].sort((a, b) => b - a);
          return (one + 0.05) / (two + 0.05);
        }
        """);
}
