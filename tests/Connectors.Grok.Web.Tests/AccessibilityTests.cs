using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Connectors.Grok.Web.Tests;

/// <summary>axe-core finds no violation in eight states of the page: light, dark, at 360 pixels and at 200 %.</summary>
public class AccessibilityTests(Browser browser)
{
    private const string Rich =
        "# Title\n\n## Part\n\nSome *em* `code` [link](https://a.example/) $x$ and ==mark==.\n\n1. one\n   - nested\n\n> quoted **text**\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
        + "```cs\n// note\nvar text = \"string\" + 1;\n```\n\n```\nplain\n```\n\n$$\ny\n$$\n";

    [Fact]
    public async Task Eight_states_have_no_violation_in_any_appearance()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var page = window.Page;
        await CheckAsync(window, "empty");

        host.Emulator.Script.Reply(static r => r.Reasoning("They want to see everything.").Text(Rich).Cite("https://a.example/page"));
        await window.AskAsync($"Everything, please. {Marked.Prompt}");
        await window.Turns.GetByText("Reasoning").ClickAsync();
        await CheckAsync(window, "answer");

        await window.Button("Edit question, turn 1").ClickAsync();
        await CheckAsync(window, "editing");
        await page.Keyboard.PressAsync("Escape");

        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Reasoning("Hm.").Text("A beginning").Hold(gate));
        await window.SendAsync("And now?");
        await Expect(window.LastText).ToHaveTextAsync("A beginning");
        await CheckAsync(window, "running");

        await window.Button("Stop").ClickAsync();
        await Expect(window.Button("Continue")).ToBeVisibleAsync();
        await CheckAsync(window, "stopped");

        await window.Message.PressAsync("Enter");
        await Expect(page.Locator("#refusal")).ToBeVisibleAsync();
        await CheckAsync(window, "problem");

        await page.Keyboard.PressAsync("Control+/");
        await CheckAsync(window, "shortcuts");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByText("Simulate failures").ClickAsync();
        await page.GetByText("Export", new() { Exact = true }).ClickAsync();
        await page.Keyboard.PressAsync("Control+K");
        await CheckAsync(window, "lists and menus");
    }

    // 200 % of 1280 pixels is a page of 640.
    private static readonly (ColorScheme Scheme, int Width, int Height)[] Appearances =
        [(ColorScheme.Light, 1280, 800), (ColorScheme.Dark, 1280, 800), (ColorScheme.Light, 360, 740), (ColorScheme.Dark, 640, 400)];

    private int _states;

    // Each check takes seconds: every state is checked in one appearance, in turn, and with WEB_AXE=all in all of them.
    private async Task CheckAsync(Window window, string state)
    {
        var page = window.Page;
        var number = _states++;
        foreach (var (scheme, width, height) in Environment.GetEnvironmentVariable("WEB_AXE") == "all" ? Appearances : [Appearances[number % Appearances.Length]])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await page.SetViewportSizeAsync(width, height);
            var result = await page.RunAxe();
            Assert.True(result.Violations.Length == 0, $"{state}, {scheme}, {width} px: {string.Join("; ", result.Violations.Select(static v => $"{v.Id}: {v.Help}: {string.Join(", ", v.Nodes.Select(static n => n.Html))}"))}");
        }

        await page.SetViewportSizeAsync(1280, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await window.TakeScreenshotAsync($"state-{state.Replace(' ', '-')}");
    }
}
