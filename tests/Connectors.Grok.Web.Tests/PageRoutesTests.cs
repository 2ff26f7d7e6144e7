using System.Net;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>What the page can do with conversations: titles, deletion of turns, export, models, files and images.</summary>
public class PageRoutesTests
{
    [Fact]
    public async Task Conversation_is_renamed_listed_by_title_and_named_by_its_first_words_again()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"Count to three. {Marked.Prompt}");
        await visit.AskAsync("Hello.");
        using (var renamed = await visit.Http.PatchAsync($"/api/conversations/{id}", new StringContent("""{"title":"  Zahlen,\n <b>übrigens</b> "}""", Visit.Json)))
        {
            Assert.Equal(HttpStatusCode.NoContent, renamed.StatusCode);
        }

        Assert.Equal(["Hello.", "Zahlen, <b>übrigens</b>"], await TitlesAsync(""));
        Assert.Equal(["Zahlen, <b>übrigens</b>"], await TitlesAsync("?title=%C3%9CBRIGENS%20zahl"));
        Assert.Empty(await TitlesAsync("?title=nothing"));
        Assert.Equal("Zahlen, <b>übrigens</b>", (await visit.ConversationAsync(id)).GetProperty("title").GetString());
        using (await visit.Http.PatchAsync($"/api/conversations/{id}", new StringContent("""{"title":""}""", Visit.Json)))
        {
            Assert.Equal(["Hello.", $"Count to three. {Marked.Prompt}"], await TitlesAsync(""));
        }

        using var tooLong = await visit.Http.PatchAsync($"/api/conversations/{id}", new StringContent($$"""{"title":"{{new string('x', 201)}}"}""", Visit.Json));
        await tooLong.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "title-too-long");

        async Task<IEnumerable<string?>> TitlesAsync(string query) =>
            (await visit.GetAsync($"/api/conversations{query}")).EnumerateArray().Select(static c => c.GetProperty("title").GetString()).ToList();
    }

    /// <summary>Otherwise the browser learns of a module only when it has read the one that imports it.</summary>
    [Fact]
    public async Task Page_preloads_all_its_modules()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var page = await visit.Http.GetStringAsync("/");
        var modules = new List<string> { "app.js" };
        for (var n = 0; n < modules.Count; n++)
        {
            var imported = (await visit.Http.GetStringAsync($"/{modules[n]}")).Split('\n').Where(static line => line.StartsWith("import ", StringComparison.Ordinal)).Select(static line => line.Split("'./")[1].Split('\'')[0]);
            modules.AddRange(imported.Except(modules).ToList());
        }

        Assert.InRange(modules.Count, 10, 40);
        Assert.All(modules.Skip(1), module => Assert.Contains($"<link rel=\"modulepreload\" href=\"{module}\">", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deleted_question_takes_what_follows_along_and_other_branches_stay()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply("One.").Reply("Two.").Reply("Three.").Reply("Two, again.");
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        await visit.AskAsync("And?", id);
        await visit.AskAsync("And then?", id);
        var turns = Ids(await visit.ConversationAsync(id));
        var (_, run) = await Visit.StartedAsync(await visit.PostAsync($"/api/conversations/{id}/regenerate", $$"""{"turn":"{{turns[1]}}"}"""));
        await visit.EventsAsync(run).ToListAsync();

        var stored = host.Emulator.StoredResponses;
        Assert.NotNull((await DeleteAsync(turns[1])).GetProperty("turn").GetString());
        Assert.Equal(stored - 2, host.Emulator.StoredResponses);
        var view = await visit.ConversationAsync(id);
        Assert.Equal(["One.", "Two, again."], view.GetProperty("turns").EnumerateArray().Select(static t => t.GetProperty("answerText").GetString()));
        Assert.Equal((1, 2), (view.GetProperty("turns")[1].GetProperty("siblings").GetArrayLength(), view.GetProperty("totals").GetProperty("turns").GetInt32()));
        Assert.Equal(JsonValueKind.Null, (await DeleteAsync(turns[0])).GetProperty("turn").ValueKind);
        Assert.Empty((await visit.GetAsync("/api/conversations")).EnumerateArray());

        async Task<JsonElement> DeleteAsync(string turn)
        {
            using var response = await visit.Http.DeleteAsync($"/api/conversations/{id}/turns/{turn}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        }
    }

    [Fact]
    public async Task Edited_question_is_a_branch_beside_the_first_one()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply("One.").Reply("Uno.");
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        await visit.AskAsync("In Spanish.", id, ""","after":"" """);
        host.Emulator.Requests[^1].ShouldContinueNothing().ShouldSend("user");
        var turn = Assert.Single((await visit.ConversationAsync(id)).GetProperty("turns").EnumerateArray());
        Assert.Equal(("Uno.", 2), (turn.GetProperty("answerText").GetString(), turn.GetProperty("siblings").GetArrayLength()));
    }

    [Fact]
    public async Task Conversation_is_exported_as_Markdown_and_JSON()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply("**One.**");
        var (id, _) = await visit.AskAsync($"Count: one. {Marked.Prompt}");
        using var markdown = await visit.Http.GetAsync($"/api/conversations/{id}/export?format=markdown");
        Assert.Equal("text/markdown", markdown.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("Count-one", markdown.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
        var text = await markdown.Content.ReadAsStringAsync();
        Assert.StartsWith($"# Count: one. {Marked.Prompt}\n\n## Question\n\nCount: one. {Marked.Prompt}\n\n## Answer\n\n**One.**\n\n*grok", text, StringComparison.Ordinal);
        using var json = await visit.Http.GetAsync($"/api/conversations/{id}/export?format=json");
        Assert.Equal("attachment", json.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal(id, JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Model_and_effort_of_the_list_are_sent_and_shown()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var about = await visit.GetAsync("/api/about");
        Assert.False(about.GetProperty("unstored").GetBoolean());
        var choice = about.GetProperty("models").EnumerateArray().First(static m => m.GetProperty("efforts").GetArrayLength() > 1);
        var (model, effort) = (choice.GetProperty("id").GetString(), choice.GetProperty("efforts")[1].GetString());
        var (id, _) = await visit.AskAsync(Marked.Prompt, null, $$""","model":"{{model}}","effort":"{{effort}}" """);
        Assert.Equal(effort, host.Emulator.Requests[^1].Json!.Value.GetProperty("reasoning").GetProperty("effort").GetString());
        var turn = (await visit.ConversationAsync(id)).GetProperty("turns")[0];
        Assert.Equal((effort, model), (turn.GetProperty("effort").GetString(), host.Emulator.Requests[^1].Model));
        using var unknown = await visit.PostAsync("/api/conversations", """{"text":"Hi","model":"gpt"}""");
        await unknown.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "unknown-model");
    }

    [Fact]
    public async Task Files_are_sent_and_named_and_other_types_are_rejected()
    {
        await using var host = await WebHost.StartAsync("Web:MaxFiles=1", "Web:MaxFileBytes=2000");
        using var visit = host.NewVisit();
        var pdf = Convert.ToBase64String(Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj <<>> stream\nBT (Hello) Tj ET\nendstream"));
        var (id, _) = await visit.AskAsync("What does it say?", null, $$""","files":[{"name":"report\u0000","mediaType":"application/pdf","data":"{{pdf}}"}]""");
        var file = (await visit.ConversationAsync(id)).GetProperty("turns")[0].GetProperty("messages")[0].GetProperty("files")[0];
        Assert.Equal(("report.pdf", 55), (file.GetProperty("name").GetString(), file.GetProperty("bytes").GetInt32()));
        foreach (var (files, status, code) in new[]
        {
            ("""{"name":"a.exe","data":"TVqQ"}""", HttpStatusCode.UnsupportedMediaType, "no-pdf"),
            ("null", HttpStatusCode.UnsupportedMediaType, "no-pdf"),
            ($$"""{"data":"{{pdf}}"},{"data":"{{pdf}}"}""", HttpStatusCode.BadRequest, "too-many-files"),
            ($$"""{"data":"{{Convert.ToBase64String(new byte[2001])}}"}""", HttpStatusCode.RequestEntityTooLarge, "file-too-large"),
        })
        {
            using var response = await visit.PostAsync("/api/conversations", $$"""{"text":"Hi","files":[{{files}}]}""");
            await response.ShouldBeProblemAsync(status, code);
        }
    }

    [Fact]
    public async Task Images_have_a_size_and_may_be_cached_and_resending_them_is_no_notice()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync("Look.", null, $$""","images":[{"data":"{{Some.Png(20, 10)}}"}]""");
        var (_, run) = await visit.SendAsync("How wide is the image?", id);
        var done = JsonDocument.Parse((await visit.EventsAsync(run).ToListAsync())[^1].Data).RootElement;
        var view = await visit.ConversationAsync(id);
        var image = view.GetProperty("turns")[0].GetProperty("messages")[0].GetProperty("images")[0];
        Assert.Equal((20, 10), (image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32()));
        using var response = await visit.Http.GetAsync(image.GetProperty("url").GetString());
        Assert.Equal("max-age=31536000, private, immutable", $"{response.Headers.CacheControl}");
        Assert.Equal("Cookie", Assert.Single(response.Headers.Vary));

        // After an image the service stores nothing, so the conversation is resent by design.
        Assert.Equal(JsonValueKind.Null, done.GetProperty("rebuilt").ValueKind);
        Assert.All(view.GetProperty("turns").EnumerateArray(), static t => Assert.False(t.GetProperty("isRebuilt").GetBoolean()));
        using var missing = await visit.Http.GetAsync(image.GetProperty("url").GetString()![..^1] + "9");
        Assert.True(missing.Headers.CacheControl?.NoStore);
    }

    private static List<string> Ids(JsonElement view) => [.. view.GetProperty("turns").EnumerateArray().Select(static t => t.GetProperty("id").GetString()!)];
}
