using System.Text.RegularExpressions;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Connectors.Grok.Web.Tests;

/// <summary>The page in a real browser.</summary>
public class BrowserTests(Browser browser)
{
    [Fact]
    public async Task Streamed_text_appears_piece_by_piece()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var gates = Enumerable.Range(0, 6).Select(static _ => new ReplyGate()).ToList();
        host.Emulator.Script.Reply(r =>
        {
            r.Reasoning("The user wants to see it grow.");
            gates.ForEach(gate => r.Text($"Word{gates.IndexOf(gate)} ").Hold(gate));
        });
        await window.SendAsync($"Grow, please. {Marked.Prompt}");
        var shown = "";
        foreach (var gate in gates)
        {
            shown += $"Word{gates.IndexOf(gate)} ";
            await Expect(window.LastText).ToHaveTextAsync(shown.TrimEnd());
            await Expect(window.Live.Locator(".progress")).ToContainTextAsync("Answering");
            await Expect(window.Button("Stop")).ToBeVisibleAsync();
            gate.Release();
        }

        await Expect(window.Turns).ToHaveCountAsync(1);
        await Expect(window.Turns.Locator(".cost")).ToContainTextAsync("out, $");
        await Expect(window.Page.Locator("#totals")).ToContainTextAsync("1 turn");
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("The answer is complete: Word0");
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "Grow, please." })).ToHaveAttributeAsync("aria-current", "page");
    }

    [Fact]
    public async Task Page_shows_elapsed_seconds_while_the_model_thinks()
    {
        await using var host = await WebHost.StartAsync("Web:FirstWait=00:00:00.010");
        await using var window = await browser.OpenAsync(host);
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Hold(gate).Text("At last."));
        await window.SendAsync(Marked.Prompt);
        await Expect(window.Live.Locator(".progress")).ToHaveTextAsync(new Regex("^Thinking, [1-9][0-9]* s$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        gate.Release();
        await Expect(window.Turns.Locator(".text")).ToHaveTextAsync("At last.");
    }

    [Fact]
    public async Task Reloaded_page_and_second_tab_show_the_running_answer()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var (first, second) = (new ReplyGate(), new ReplyGate());
        host.Emulator.Script.Reply(r => r.Reasoning("Long thoughts.").Text("One").Hold(first).Text(" two").Hold(second).Text(" three."));
        await window.SendAsync(Marked.Prompt);
        await Expect(window.LastText).ToHaveTextAsync("One");
        await window.Page.ReloadAsync();
        await Expect(window.LastText).ToHaveTextAsync("One");
        await Expect(window.Live.Locator(".message.user")).ToContainTextAsync(Marked.Prompt);

        // The answer continues without any page.
        var address = window.Page.Url;
        await window.Page.GotoAsync("/icon.svg");
        first.Release();
        await second.Reached;
        await window.Page.GotoAsync(address);
        await Expect(window.LastText).ToHaveTextAsync("One two");
        var tab = window.Page;
        await window.NewPageAsync(address);
        await Expect(window.LastText).ToHaveTextAsync("One two");
        second.Release();
        await Expect(window.Turns.Locator(".text")).ToHaveTextAsync("One two three.");
        await Expect(tab.Locator("article.turn:not(#live) .text")).ToHaveTextAsync("One two three.");
        await window.Page.ReloadAsync();
        await Expect(window.Turns.Locator(".text")).ToHaveTextAsync("One two three.");
        Assert.Single(host.Emulator.Requests, static request => request.Path.EndsWith("/responses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compacted_conversation_has_a_notice_and_keeps_its_answers()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await Expect(window.Page.Locator("#compact")).ToBeHiddenAsync();
        await window.AskAsync($"My name is Alice. {Marked.Prompt}");
        await window.AskAsync("What is 101*3?");
        await window.Button("Compact").ClickAsync();
        var notice = window.Page.Locator(".notice.compaction");
        await Expect(notice).ToHaveTextAsync(new Regex("^2 turns compacted, [0-9,]+ → [0-9,]+ tokens$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 turns compacted");
        await Expect(window.Message).ToBeFocusedAsync();
        await Expect(window.Button("Compact")).ToBeDisabledAsync();
        await Expect(window.Turns).ToHaveCountAsync(2);
        await window.AskAsync("What's my name?");
        await Expect(window.LastText).ToContainTextAsync("Alice");
        await Expect(window.Button("Compact")).ToBeEnabledAsync();
        await Expect(window.Page.GetByLabel("Turn 3", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("again in full")).ToHaveCountAsync(0);
        await window.TakeScreenshotAsync("compacted");
        await window.Page.ReloadAsync();
        await Expect(notice).ToHaveCountAsync(1);
        await Expect(window.Turns).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Stopped_answer_keeps_its_text_and_can_be_continued()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("The beginning").Hold(gate)).Reply("and the end.");
        await window.SendAsync(Marked.Prompt);
        await Expect(window.LastText).ToHaveTextAsync("The beginning");
        await window.Button("Stop").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("You stopped this answer.");
        Assert.Equal(RequestOutcome.ClientDisconnected, await host.Emulator.Requests[^1].Outcome);
        await Expect(window.LastText).ToHaveTextAsync("The beginning");
        await Expect(window.Message).ToBeFocusedAsync();
        await window.Page.ReloadAsync();
        await Expect(window.LastText).ToHaveTextAsync("The beginning");
        await window.Button("Continue").ClickAsync();
        await Expect(window.Turns).ToHaveCountAsync(2);
        await Expect(window.LastText).ToHaveTextAsync("and the end.");
        await Expect(window.Turns.First.Locator(".text")).ToHaveTextAsync("The beginning");
        await Expect(window.Turns.First.GetByText("You stopped this answer.")).ToBeVisibleAsync();
        await Expect(window.Turns.Last.GetByText("The answer above is continued.")).ToBeVisibleAsync();
        await Expect(window.Turns.Last.Locator(".message")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Interrupted_answer_keeps_its_text_and_can_be_retried()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"My name is Alice. {Marked.Prompt}");
        await window.Page.GetByText("Simulate failures").ClickAsync();
        await window.Page.GetByLabel("is cut off").CheckAsync();
        await window.SendAsync("Write 60 words about lighthouses.");
        await Expect(window.Turns.Last.GetByRole(AriaRole.Alert)).ToContainTextAsync("The answer was interrupted.");
        Assert.NotEmpty(await window.LastText.InnerTextAsync());
        await Expect(window.Button("Continue")).ToBeVisibleAsync();
        await window.TakeScreenshotAsync("cut");
        await window.Button("Try again").ClickAsync();
        await Expect(window.Turns).ToHaveCountAsync(2);
        await Expect(window.LastText).ToContainTextAsync("Here is a thought about lighthouses");
        await Expect(window.Turns.Last.Locator(".branches")).ToContainTextAsync("2 of 2");
        host.Emulator.Requests[^1].ShouldSend("user");
    }

    [Fact]
    public async Task Rejected_message_is_restored_and_the_wait_is_counted_down()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        host.Emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(40)));
        await window.SendAsync(Marked.Prompt);
        var refusal = window.Page.GetByRole(AriaRole.Alert);
        await Expect(refusal).ToContainTextAsync("The rate limit of the service is exceeded.");
        await Expect(refusal).ToContainTextAsync(new Regex("Wait [1-4][0-9]? s", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(window.Message).ToHaveValueAsync(Marked.Prompt);
        await window.Message.PressAsync("Enter");
        await Expect(window.Turns).ToHaveCountAsync(1);
        await Expect(refusal).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Answers_can_be_forked_and_regenerated_on_the_page()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"My name is Alice. {Marked.Prompt}");
        await window.AskAsync("My dog is Rex.");
        var original = window.Page.Url;
        await window.Button("Fork from here, turn 1").ClickAsync();
        await Expect(window.Turns).ToHaveCountAsync(1);
        Assert.NotEqual(original, window.Page.Url);
        await window.AskAsync("What's my name?");
        await Expect(window.LastText).ToContainTextAsync("Alice");
        await window.Page.GoBackAsync();
        await Expect(window.Turns).ToHaveCountAsync(2);

        host.Emulator.Script.Reply("Rex, a fine name.");
        await window.Button("Regenerate, turn 2").ClickAsync();
        await Expect(window.LastText).ToHaveTextAsync("Rex, a fine name.");
        await Expect(window.Turns.Last.Locator(".branches")).ToContainTextAsync("2 of 2");
        await window.Button("Earlier version").ClickAsync();
        await Expect(window.LastText).ToContainTextAsync("Noted");
        await Expect(window.Turns.Last.Locator(".branches")).ToContainTextAsync("1 of 2");
        await Expect(window.Page.Locator("#totals")).ToContainTextAsync("3 turns");
    }

    [Fact]
    public async Task Images_can_be_added_by_button_drop_and_paste()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var png = await window.Page.ScreenshotAsync(new() { Clip = new() { Width = 40, Height = 30 } });
        await window.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "first.png", MimeType = "image/png", Buffer = png });
        await Expect(window.Page.GetByAltText("first.png")).ToBeVisibleAsync();
        var dropped = await window.Page.EvaluateHandleAsync(
            """base64 => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], 'second.png', { type: 'image/png' })); return data; }""",
            Convert.ToBase64String(png));
        await window.Page.DispatchEventAsync("#composer", "drop", new { dataTransfer = dropped });
        await Expect(window.Page.GetByAltText("second.png")).ToBeVisibleAsync();
        await window.Page.EvaluateAsync(
            "data => document.querySelector('#message').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))", dropped);
        await Expect(window.Page.GetByAltText("second.png")).ToHaveCountAsync(2);
        await window.Button("Remove second.png").First.ClickAsync();
        await window.Button("Remove first.png").ClickAsync();
        await Expect(window.Page.GetByAltText("first.png")).ToHaveCountAsync(0);
        await window.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = "no"u8.ToArray() });
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("notes.txt is not a PNG or JPEG image or a PDF.");

        await window.AskAsync($"What is in this image? {Marked.Prompt}");
        await Expect(window.LastText).ToContainTextAsync("40");
        var image = window.Turns.GetByAltText("Image 1 that you sent");
        Assert.Equal(40, await image.EvaluateAsync<int>("async i => { await i.decode(); return i.naturalWidth; }"));
        await window.AskAsync("How wide is the image?");
        await Expect(window.Turns.Last.Locator(".text")).ToContainTextAsync("40");
        await Expect(window.Turns.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Reasoning_is_collapsible_and_sources_are_links()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        host.Emulator.Script.Reply(static r => r.Reasoning("First this, then that.").Text("So it is").Cite("https://a.example/page").Text(" and").Cite("javascript:alert(1)").Text("."));
        await window.AskAsync(Marked.Prompt);
        var thoughts = window.Turns.GetByText("First this, then that.");
        await Expect(thoughts).ToBeHiddenAsync();
        await window.Turns.GetByText("Reasoning").ClickAsync();
        await Expect(thoughts).ToBeVisibleAsync();
        var links = window.Turns.GetByRole(AriaRole.Link);
        await Expect(links).Not.ToHaveCountAsync(0);
        foreach (var link in await links.AllAsync())
        {
            await Expect(link).ToHaveAttributeAsync("href", "https://a.example/page");
            await Expect(link).ToHaveAttributeAsync("rel", "noopener noreferrer nofollow");
        }
    }

    [Fact]
    public async Task Expired_conversation_continues_with_a_notice()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"My name is Alice. {Marked.Prompt}");
        await window.Page.GetByText("Simulate failures").ClickAsync();
        await window.Button("Delete the stored responses at the service").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("The stored responses of this conversation are deleted.");
        await window.AskAsync("What's my name?");
        await Expect(window.LastText).ToContainTextAsync("Alice");
        await Expect(window.Turns.Last.Locator(".notice")).ToContainTextAsync("sent it again in full");
        await window.TakeScreenshotAsync("rebuilt");
    }

    [Fact]
    public async Task Model_text_is_never_rendered_as_markup()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        const string Attack = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\"> [click](javascript:document.title='owned')";
        host.Emulator.Script.Reply(static r => r.Reasoning(Attack).Text(Attack)).Reply(static r => r.Text($"```html\n{Attack}\n```\nand `<b>` done"));
        await window.AskAsync(Attack);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await Expect(window.LastText).ToHaveTextAsync(Attack.Replace("[click](javascript:document.title='owned')", "click", StringComparison.Ordinal));
            await Expect(window.Turns.Locator(".message")).ToContainTextAsync(Attack);
            await Expect(window.Turns.Locator("script, .text img, a")).ToHaveCountAsync(0);
            Assert.DoesNotContain("owned'", (await window.Page.TitleAsync()).Replace(Attack[..30], "", StringComparison.Ordinal), StringComparison.Ordinal);
            await window.Page.ReloadAsync();
        }

        await window.AskAsync("As code, please.");
        await Expect(window.LastText.Locator("pre")).ToHaveTextAsync(Attack);
        await Expect(window.LastText.Locator("p code")).ToHaveTextAsync("<b>");
        Assert.NotEqual("owned", await window.Page.TitleAsync());
    }

    [Fact]
    public async Task Missing_conversation_shows_a_problem_and_the_page_stays_usable()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync(Marked.Prompt);
        await window.NewPageAsync("/#0123456789abcdef");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not found.");
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = Marked.Prompt })).ToBeVisibleAsync();
        await window.AskAsync("Hello");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Conversations_are_listed_opened_and_deleted_after_confirmation()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"First {Marked.Prompt}");
        await window.Button("New conversation").ClickAsync();
        await Expect(window.Turns).ToHaveCountAsync(0);
        await window.AskAsync("Second matter");
        var list = window.Page.GetByRole(AriaRole.Navigation, new() { Name = "Conversations" }).GetByRole(AriaRole.Listitem);
        await Expect(list).ToHaveCountAsync(2);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = $"First {Marked.Prompt}" }).ClickAsync();
        await Expect(window.Turns.Locator(".message")).ToContainTextAsync("First");
        await window.Button("Delete Second matter").ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByText("Cancel").ClickAsync();
        await Expect(list).ToHaveCountAsync(2);
        await window.Button("Delete Second matter").ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByText("Delete", new() { Exact = true }).ClickAsync();
        await Expect(list).ToHaveCountAsync(1);
        await Expect(window.Turns).ToHaveCountAsync(1);
    }
}
