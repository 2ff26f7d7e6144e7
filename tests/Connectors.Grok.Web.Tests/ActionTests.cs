using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Connectors.Grok.Web.Tests;

/// <summary>What a person does on the page: copy, edit, rename, find, delete, export, choose a model, attach a file, end the visit.</summary>
public class ActionTests(Browser browser)
{
    [Fact]
    public async Task Latest_click_wins_and_a_message_stays_in_the_conversation_it_was_written_in()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"Alpha {Marked.Prompt}");
        var alpha = window.Page.Url;
        await window.Button("New conversation").ClickAsync();
        await window.AskAsync("Beta");
        var beta = window.Page.Url;
        await window.Button("New conversation").ClickAsync();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await window.Page.RouteAsync($"**/api/conversations/{alpha.Split('#')[1]}", async route =>
        {
            await slow.Task;
            await route.ContinueAsync();
        });
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Alpha" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Beta" }).ClickAsync();
        await Expect(window.Turns.Locator(".message")).ToContainTextAsync("Beta");
        await window.Message.FillAsync("Written under Beta");
        await window.Page.RunAndWaitForResponseAsync(
            () =>
            {
                slow.SetResult();
                return Task.CompletedTask;
            },
            response => response.Url.EndsWith(alpha.Split('#')[1], StringComparison.Ordinal));
        await Expect(window.Page.Locator("#title")).ToHaveTextAsync("Beta");
        await Expect(window.Message).ToBeFocusedAsync();
        await window.Message.PressAsync("Enter");
        await Expect(window.Turns).ToHaveCountAsync(2);
        await Expect(window.Turns.Last.Locator(".message")).ToContainTextAsync("Written under Beta");
        Assert.Equal(beta, window.Page.Url);

        // A draft belongs to its conversation as well.
        await window.Message.FillAsync("A draft of Beta");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Alpha" }).ClickAsync();
        await Expect(window.Page.Locator("#title")).ToContainTextAsync("Alpha");
        await Expect(window.Message).ToHaveValueAsync("");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Beta" }).ClickAsync();
        await Expect(window.Message).ToHaveValueAsync("A draft of Beta");
    }

    [Fact]
    public async Task Links_show_their_ascii_host_unless_the_text_is_the_address()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        host.Emulator.Script.Reply("[https://paypal.com/login](https://evil.example/a) then [paypal](https://p\u0430ypal.example/) then https://plain.example/x then [1](https://a.example/) then [\u202Emoc.lapyap](https://b.example/) then [x](https://paypal.com@c.example/)");
        await window.AskAsync(Marked.Prompt);
        var links = await window.LastText.Locator("a").AllInnerTextsAsync();
        Assert.Equal(["https://paypal.com/login evil.example", "paypal xn--pypal-4ve.example", "https://plain.example/x", "1 a.example", "moc.lapyap b.example", "x c.example"], links);
        foreach (var link in await window.LastText.Locator("a").AllAsync())
        {
            await Expect(link).ToHaveAttributeAsync("rel", "noopener noreferrer nofollow");
        }
    }

    [Fact]
    public async Task Answer_and_code_can_be_copied_and_code_can_be_wrapped()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { Permissions = ["clipboard-read", "clipboard-write"] });
        const string Answer = "Some **bold** text.\n\n```cs\nvar a = 1;\n```";
        host.Emulator.Script.Reply(Answer);
        await window.AskAsync(Marked.Prompt);
        await window.Button("Copy code").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status).Last).ToHaveTextAsync("Copied.");
        Assert.Equal("var a = 1;", await window.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await window.Button("Copy the answer, turn 1").ClickAsync();
        await Expect(window.Button("Copy the answer, turn 1")).ToHaveTextAsync("Copied");
        Assert.Equal(Answer, await window.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await window.Button("Wrap the lines of the code").ClickAsync();
        await Expect(window.Button("Wrap the lines of the code")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(window.LastText.Locator("pre")).ToHaveCSSAsync("text-wrap-mode", "wrap");
    }

    [Fact]
    public async Task Question_can_be_edited_as_another_version_and_deleted()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"My name is Alice. {Marked.Prompt}");
        await window.AskAsync("What is 2+2?");
        await window.Button("Edit question, turn 2").ClickAsync();
        await window.Page.Locator(".editor textarea").FillAsync("What is 3+3?");
        await window.TakeScreenshotAsync("editing");
        await window.Button("Send edited question").ClickAsync();
        await Expect(window.LastText).ToContainTextAsync("6");
        await Expect(window.Turns).ToHaveCountAsync(2);
        await Expect(window.Turns.Last.Locator(".branches")).ToContainTextAsync("2 of 2");
        await window.Button("Earlier version").ClickAsync();
        await Expect(window.LastText).ToContainTextAsync("4");
        await window.Button("Later version").ClickAsync();
        await Expect(window.LastText).ToContainTextAsync("6");

        await window.Button("Delete from here, turn 2").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Delete turn 2");
        await window.Page.GetByRole(AriaRole.Dialog).GetByText("Delete", new() { Exact = true }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status).Last).ToHaveTextAsync("Deleted.");
        await Expect(window.LastText).Not.ToContainTextAsync("6");
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByText("3+3")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Conversations_can_be_renamed_found_and_exported()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"First {Marked.Prompt}");
        await window.Button("New conversation").ClickAsync();
        await window.AskAsync("Second matter");
        await window.Button("Rename").ClickAsync();
        await window.Page.Locator("#answer").FillAsync("A better \u202Etitle");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("#title bdi")).ToContainTextAsync("A better");
        await Expect(window.Page.Locator("#list li bdi").First).ToContainTextAsync("A better");
        await window.Page.Keyboard.PressAsync("Control+K");
        await Expect(window.Page.GetByLabel("Find a conversation by its title")).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("better");
        await Expect(window.Page.Locator("#list li")).ToHaveCountAsync(1);
        await window.Page.GetByLabel("Find a conversation by its title").FillAsync("nothing like it");
        await Expect(window.Page.GetByText("No title contains this.")).ToBeVisibleAsync();

        foreach (var (format, part) in new[] { ("As Markdown", "## Question"), ("As JSON", "\"turns\"") })
        {
            await window.Page.GetByText("Export", new() { Exact = true }).ClickAsync();
            var download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByText(format).ClickAsync());
            Assert.Contains(part, await File.ReadAllTextAsync((await download.PathAsync())!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Shortcuts_are_listed_and_work()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { Permissions = ["clipboard-read", "clipboard-write"] });
        host.Emulator.Script.Reply("The answer to copy.");
        await window.AskAsync(Marked.Prompt);
        await window.Page.Keyboard.PressAsync("Control+/");
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Keyboard shortcuts");
        await Expect(dialog.Locator("dt")).ToHaveCountAsync(10);
        await window.TakeScreenshotAsync("shortcuts");
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("Control+Alt+c");
        await Expect(window.Page.GetByRole(AriaRole.Status).Last).ToHaveTextAsync("Copied.");
        Assert.Equal("The answer to copy.", await window.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await window.Page.Keyboard.PressAsync("Alt+ArrowUp");
        await Expect(window.Turns.First).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Control+Alt+n");
        await Expect(window.Turns).ToHaveCountAsync(0);
        await Expect(window.Message).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Model_effort_and_a_pdf_are_sent_and_the_turn_shows_them()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.Page.GetByText("Model", new() { Exact = true }).First.ClickAsync();
        var efforts = await window.Page.Locator("#effort option").AllInnerTextsAsync();
        Assert.Contains("high", efforts);
        await window.Page.Locator("#effort").SelectOptionAsync("high");
        await window.Page.GetByText("Model", new() { Exact = true }).First.ClickAsync();
        await window.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "report.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n%%EOF\n"u8.ToArray() });
        await Expect(window.Page.Locator("#previews")).ToContainTextAsync("report.pdf");
        host.Emulator.Script.Reply("Read.");
        await window.AskAsync(Marked.Prompt);
        await Expect(window.Turns.Locator(".message .file")).ToContainTextAsync("report.pdf");
        await Expect(window.Turns.Locator(".cost")).ToContainTextAsync("effort high");
        Assert.Contains("\"high\"", host.Emulator.Requests[^1].Body, StringComparison.Ordinal);

        // The file belongs to the edited question too.
        host.Emulator.Script.Reply("Read again.");
        await window.Button("Edit question, turn 1").ClickAsync();
        await window.Page.Locator(".editor textarea").FillAsync($"Summarize it. {Marked.Prompt}");
        await window.Button("Send edited question").ClickAsync();
        await Expect(window.LastText).ToHaveTextAsync("Read again.");
        await Expect(window.Turns.Locator(".message .file")).ToContainTextAsync("report.pdf");
        var edited = host.Emulator.Requests[^1].Body;
        Assert.Contains("Summarize it.", edited, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("%PDF-1.4\n%%EOF\n"u8), edited, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_visit_forgets_the_conversations_and_the_drafts()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync(Marked.Prompt);
        await window.Message.FillAsync("A private draft");
        await window.Button("End visit").ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByText("End the visit", new() { Exact = true }).ClickAsync();
        await Expect(window.Turns).ToHaveCountAsync(0);
        await Expect(window.Page.Locator("#list li")).ToHaveCountAsync(0);
        await Expect(window.Message).ToHaveValueAsync("");
    }
}
