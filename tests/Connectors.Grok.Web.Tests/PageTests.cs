using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Connectors.Grok.Web.Tests;

/// <summary>How the page shows answers and follows them: Markdown, scrolling, stops, drafts and lost answers.</summary>
public class PageTests(Browser browser)
{
    private const string Everything =
        "# Title\n\nSome *em* **strong** ~~gone~~ `code` $x^2$.\n\n3. three\n4. four\n   - nested\n\n> quoted\n\n---\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
        + "```cs\nvar a = 1; // note\n```\n\n$$\ny\n$$\n";

    [Fact]
    public async Task Markdown_constructs_are_elements_while_streaming_and_after_a_reload()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Deltas([.. Everything.Chunk(9).Select(static c => new string(c))]).Hold(gate).Text("\nEnd."));
        await window.SendAsync(Marked.Prompt);
        string[] parts =
        [
            "h3", "em", "strong", "s", "p > code", "code.math", "ol[start='3'] > li", "ol ul > li", "blockquote > p", "hr", "li > .task.done", "li > .task:not(.done)",
            "th.right", "td.right", ".code pre code", ".code-keyword", ".code-comment", "pre code.math", ".language",
        ];
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await Expect(window.LastText).ToContainTextAsync("done");
            await Expect(window.LastText.Locator("pre code.math")).ToHaveCountAsync(1);
            Assert.Empty(await window.LastText.EvaluateAsync<string[]>("(text, parts) => parts.filter(part => !text.querySelector(part))", parts));
            await Expect(window.LastText.Locator(".language")).ToHaveTextAsync("cs");
            Assert.DoesNotContain("**", await window.LastText.InnerTextAsync(), StringComparison.Ordinal);
            gate.Release();
            await Expect(window.Turns).ToHaveCountAsync(1);
            await window.Page.ReloadAsync();
        }
    }

    [Fact]
    public async Task Hostile_text_of_a_mebibyte_runs_nothing_and_does_not_block_the_page()
    {
        await using var host = await WebHost.StartAsync("Web:MaxRunBytes=100000000");
        await using var window = await browser.OpenAsync(host);
        string[] pieces = ["[", "`", "> ", "<img src=x onerror=\"document.title='owned'\">", "[a](javascript:document.title='owned') ", "**a*", "<script>document.title='owned'</script>", "x"];
        var chunks = pieces.SelectMany(static piece => Enumerable.Range(0, 8).Select(_ => string.Concat(Enumerable.Repeat(piece, 16_384 / piece.Length)) + "\n")).ToArray();
        host.Emulator.Script.Reply(r => r.Deltas(chunks));
        await window.Page.EvaluateAsync(
            "() => { let last = performance.now(); window.longest = 0; const tick = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }");
        await window.AskAsync(Marked.Prompt);
        var longest = await window.Page.EvaluateAsync<double>("() => window.longest");
        TestContext.Current.TestOutputHelper?.WriteLine($"{chunks.Sum(static c => c.Length) >> 10} KiB of hostile text in chunks of 16 KiB: the longest time without a frame was {longest:F0} ms");
        // On an idle machine this is below 200 ms. The guard is generous, because tests run concurrently on machines of any speed.
        Assert.True(longest < 10_000, $"{longest} ms");
        await Expect(window.LastText.Locator("img, script, iframe, a[href^='javascript']")).ToHaveCountAsync(0);
        Assert.DoesNotContain("owned", await window.Page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrolling_up_stops_following_and_a_button_returns_to_the_newest_text()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { ViewportSize = new() { Width = 1000, Height = 500 } });
        var (first, second) = (new ReplyGate(), new ReplyGate());
        host.Emulator.Script.Reply(r => r.Text(Lines(60)).Hold(first).Text(Lines(30)).Hold(second).Text(Lines(5)));
        await window.SendAsync(Marked.Prompt);
        await first.Reached;
        await WaitAsync(window, "main.scrollTop > 500 && end() < 2");
        await window.Page.Mouse.MoveAsync(600, 200);
        await window.Page.Mouse.WheelAsync(0, -40);
        await WaitAsync(window, "end() > 10");
        var top = await window.Page.EvaluateAsync<double>("() => document.querySelector('#main').scrollTop");
        first.Release();
        await WaitAsync(window, "main.scrollHeight - main.scrollTop > 1000");
        Assert.Equal(top, await window.Page.EvaluateAsync<double>("() => document.querySelector('#main').scrollTop"), 1.0);
        await window.TakeScreenshotAsync("scrolled-up");
        await window.Page.Locator("#newest").ClickAsync();
        await WaitAsync(window, "end() < 2");
        await Expect(window.Page.Locator("#newest")).ToBeHiddenAsync();
        second.Release();
        await Expect(window.Turns).ToHaveCountAsync(1);
        await WaitAsync(window, "end() < 2");
    }

    [Fact]
    public async Task Stop_shows_its_buttons_and_keeps_the_question()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { ViewportSize = new() { Width = 1000, Height = 500 } });
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text(Lines(60)).Hold(gate)).Reply("The next answer.");
        await window.SendAsync(Marked.Prompt);
        await gate.Reached;
        await Expect(window.LastText).ToContainTextAsync("Line 59");
        await window.Button("Stop").ClickAsync();
        await Expect(window.Button("Continue")).ToBeInViewportAsync();
        await Expect(window.Button("Try again")).ToBeInViewportAsync();
        await window.TakeScreenshotAsync("stopped");
        await window.AskAsync("Another question");
        await window.Page.ReloadAsync();
        await Expect(window.Turns).ToHaveCountAsync(2);
        await Expect(window.Turns.First).ToContainTextAsync("You stopped this answer.");
        await Expect(window.Turns.First.Locator(".message")).ToContainTextAsync(Marked.Prompt);
        await Expect(window.LastText).ToHaveTextAsync("The next answer.");
    }

    [Fact]
    public async Task Opened_reasoning_and_a_selection_survive_the_rest_of_the_answer()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var (first, second) = (new ReplyGate(), new ReplyGate());
        host.Emulator.Script.Reply(r => r.Reasoning("Deep thoughts.").Text("A sentence to select, ").Hold(first).Text("its **continuation** ").Hold(second).Text("and its end."));
        await window.SendAsync(Marked.Prompt);
        await first.Reached;
        await window.Live.GetByText("Reasoning").ClickAsync();
        await window.LastText.Locator("p").EvaluateAsync("p => { const range = document.createRange(); range.setStart(p.firstChild, 2); range.setEnd(p.firstChild, 10); getSelection().removeAllRanges(); getSelection().addRange(range); }");
        first.Release();
        await second.Reached;
        await Expect(window.LastText.Locator("strong")).ToHaveTextAsync("continuation");
        Assert.Equal("sentence", await window.Page.EvaluateAsync<string>("() => getSelection().toString()"));
        second.Release();
        await Expect(window.Turns.Locator(".cost")).ToBeVisibleAsync();
        Assert.Equal("sentence", await window.Page.EvaluateAsync<string>("() => getSelection().toString()"));
        await Expect(window.Turns.GetByText("Deep thoughts.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Own_message_appears_before_the_server_answers()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        host.Emulator.Script.Reply("Late.");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await window.Page.RouteAsync("**/api/conversations", async route =>
        {
            await (route.Request.Method == "POST" ? gate.Task : Task.CompletedTask);
            await route.ContinueAsync();
        });
        await window.SendAsync(Marked.Prompt);
        await Expect(window.Live.Locator(".message")).ToContainTextAsync(Marked.Prompt);
        await Expect(window.Live.Locator(".progress")).ToHaveTextAsync("Sending");
        await Expect(window.Message).ToHaveValueAsync("");
        gate.SetResult();
        await Expect(window.Turns.Locator(".text")).ToHaveTextAsync("Late.");
    }

    [Fact]
    public async Task Draft_survives_a_reload_and_its_box_grows_with_wrapped_text()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var before = (await window.Message.BoundingBoxAsync())!.Height;
        await window.Message.FillAsync(string.Concat(Enumerable.Repeat("one long line without a break ", 20)));
        Assert.True((await window.Message.BoundingBoxAsync())!.Height > before * 2);
        await window.Page.ReloadAsync();
        await Expect(window.Message).ToHaveValueAsync(string.Concat(Enumerable.Repeat("one long line without a break ", 20)));
        Assert.True((await window.Message.BoundingBoxAsync())!.Height > before * 2);
    }

    [Fact]
    public async Task Problem_of_the_form_is_centred_on_a_wide_screen()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host, new() { ViewportSize = new() { Width = 1920, Height = 900 } });
        await window.Message.PressAsync("Enter");
        await Expect(window.Page.Locator("#refusal")).ToBeVisibleAsync();
        var problem = (await window.Page.Locator("#refusal").BoundingBoxAsync())!;
        var box = (await window.Message.BoundingBoxAsync())!;
        Assert.Equal(box.X + (box.Width / 2), problem.X + (problem.Width / 2), 2.0);
    }

    [Fact]
    public async Task Page_says_why_it_waits_when_the_server_refuses_and_tries_again()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var refusals = 2;
        await window.Page.RouteAsync("**/api/about", async route =>
        {
            if (refusals-- > 0)
            {
                await route.FulfillAsync(new() { Status = 429, Headers = [new("retry-after", "1"), new("content-type", "application/problem+json")], Body = """{"status":429,"code":"rate-limit","title":"Too many requests.","retryAfter":1}""" });
            }
            else
            {
                await route.ContinueAsync();
            }
        });
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Too many requests.");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("tries again by itself");
        await window.TakeScreenshotAsync("refused");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await window.AskAsync(Marked.Prompt);
    }

    [Fact]
    public async Task Question_of_a_lost_answer_is_back_in_the_form()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate));
        // What a page finds after a restart: no run, and nothing stored.
        await window.Page.RouteAsync("**/api/runs/*/events*", static route => route.FulfillAsync(new() { Status = 404 }));
        await window.SendAsync(Marked.Prompt);
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The server no longer has the answer that was being written.");
        await Expect(window.Message).ToHaveValueAsync(Marked.Prompt);
        gate.Release();
    }

    [Fact]
    public async Task Answer_is_added_without_reading_the_conversation_again()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        await window.AskAsync($"First {Marked.Prompt}");
        var id = window.Page.Url.Split('#')[1];
        var reads = 0;
        window.Page.Request += (_, request) => reads += request.Method == "GET" && request.Url.EndsWith($"/api/conversations/{id}", StringComparison.Ordinal) ? 1 : 0;
        await window.Turns.First.EvaluateAsync("node => { node.dataset.seen = 'yes'; }");
        await window.AskAsync("Second");
        await Expect(window.Turns.First).ToHaveAttributeAsync("data-seen", "yes");
        Assert.Equal(0, reads);
    }

    [Fact]
    public async Task Word_of_100_000_letters_does_not_block_the_page()
    {
        await using var host = await WebHost.StartAsync();
        await using var window = await browser.OpenAsync(host);
        host.Emulator.Script.Reply(new string('y', 100_000));
        await window.AskAsync(new string('x', 99_000));
        Assert.True(await window.LastText.EvaluateAsync<bool>("text => text.querySelectorAll('wbr').length > 100 && document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"));
        Assert.True(await window.Turns.Locator(".message").EvaluateAsync<bool>("message => message.querySelectorAll('wbr').length > 100"));
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(static n => $"Line {n} of a long answer.\n\n"));

    private static async Task WaitAsync(Window window, string condition) =>
        await window.Page.WaitForFunctionAsync($"() => {{ const main = document.querySelector('#main'); const end = () => main.scrollHeight - main.scrollTop - main.clientHeight; return {condition}; }}");
}
