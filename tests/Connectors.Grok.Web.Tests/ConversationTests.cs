using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Web.Tests;

/// <summary>Conversations of visitors: fork, regenerate, expiry, deletion and separation of visitors.</summary>
public class ConversationTests
{
    [Fact]
    public async Task Conversation_sends_only_new_messages_and_sums_its_costs()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"My name is Alice. {Marked.Prompt}");
        Assert.Contains("Alice", (await visit.AskAsync("What's my name?", id)).Text, StringComparison.Ordinal);
        host.Emulator.Requests[^1].ShouldSend("user");
        var view = await visit.ConversationAsync(id);
        Assert.Equal(2, view.GetProperty("totals").GetProperty("turns").GetInt32());
        Assert.Equal(
            view.GetProperty("turns").EnumerateArray().Sum(static t => t.GetProperty("costInUsd").GetDecimal()), view.GetProperty("totals").GetProperty("costInUsd").GetDecimal());
    }

    [Fact]
    public async Task Fork_does_not_change_the_original_conversation()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"My name is Alice. {Marked.Prompt}");
        await visit.AskAsync("My dog is Rex.", id);
        var turn = (await visit.ConversationAsync(id)).GetProperty("turns")[0].GetProperty("id").GetString();
        using var response = await visit.PostAsync($"/api/conversations/{id}/fork", $$"""{"turn":"{{turn}}"}""");
        var fork = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("conversation").GetString()!;
        Assert.Contains("Alice", (await visit.AskAsync("What's my name?", fork)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rex", (await visit.AskAsync("What's my dog?", fork)).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await visit.ConversationAsync(id)).GetProperty("turns").GetArrayLength());
        Assert.Equal([true, false], (await visit.GetAsync("/api/conversations")).EnumerateArray().Select(static c => c.GetProperty("isFork").GetBoolean()));
    }

    [Fact]
    public async Task Compacted_conversation_shows_the_compaction_and_continues_from_the_summary()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"My name is Alice. {Marked.Prompt}");
        await visit.AskAsync("What is 101*3?", id);
        using (var response = await visit.PostAsync($"/api/conversations/{id}/compact", "{}"))
        {
            var compacted = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal(2, compacted.GetProperty("turns").GetInt32());
            Assert.True(compacted.GetProperty("tokensBefore").GetInt64() > compacted.GetProperty("tokensAfter").GetInt64());
        }

        Assert.Contains("Alice", (await visit.AskAsync("What's my name?", id)).Text, StringComparison.Ordinal);
        Assert.Equal(["compaction", "message"], host.Emulator.Requests[^1].Items.Select(static i => i.GetProperty("type").GetString()));
        var view = await visit.ConversationAsync(id);
        Assert.Equal(3, view.GetProperty("totals").GetProperty("turns").GetInt32());
        var turns = view.GetProperty("turns").EnumerateArray().ToList();
        Assert.Equal([false, false, true, false], turns.Select(static t => t.GetProperty("compaction").ValueKind == JsonValueKind.Object));
        Assert.Equal(2, turns[2].GetProperty("compaction").GetProperty("turns").GetInt32());
    }

    [Fact]
    public async Task Conversation_that_cannot_be_compacted_is_a_problem()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply("First.").Reply(r => r.Text("Second").Hold(gate));
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        var (_, run) = await visit.SendAsync("And?", id);
        await gate.Reached;
        await ShouldBeAsync(HttpStatusCode.Conflict, "busy", id);
        gate.Release();
        await visit.EventsAsync(run).ToListAsync();
        using (var compacted = await visit.PostAsync($"/api/conversations/{id}/compact", "{}"))
        {
            Assert.Equal(HttpStatusCode.OK, compacted.StatusCode);
        }

        await ShouldBeAsync(HttpStatusCode.Conflict, "not-compacted", id);
        await ShouldBeAsync(HttpStatusCode.NotFound, "not-found", "unknown");
        using var other = host.NewVisit();
        using var response = await other.PostAsync($"/api/conversations/{id}/compact", "{}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);

        async Task ShouldBeAsync(HttpStatusCode status, string code, string conversation)
        {
            using var refused = await visit.PostAsync($"/api/conversations/{conversation}/compact", "{}");
            Assert.Equal((status, code), (refused.StatusCode, JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task Expired_conversation_is_unknown()
    {
        await using var host = await WebHost.StartAsync("Grok:Conversations:KeepFor=00:00:00.0000001");
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        Assert.Empty((await visit.GetAsync("/api/conversations")).EnumerateArray());
        using var response = await visit.Http.GetAsync($"/api/conversations/{id}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Health_check_includes_the_conversation_store()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        Assert.Equal("Healthy", await visit.Http.GetStringAsync("/healthz"));
        var checks = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value;
        Assert.Equal(["grok", "grok-conversations"], checks.Registrations.Select(static r => r.Name));
    }

    [Fact]
    public async Task Regenerated_answer_is_added_as_a_sibling()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply("First.").Reply("Second.").Reply("First, once more.").Reply("Third.");
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        await visit.AskAsync("And?", id);
        var first = (await visit.ConversationAsync(id)).GetProperty("turns")[0].GetProperty("id").GetString();
        var (_, run) = await Visit.StartedAsync(await visit.PostAsync($"/api/conversations/{id}/regenerate", $$"""{"turn":"{{first}}"}"""));
        await visit.EventsAsync(run).ToListAsync();
        host.Emulator.Requests[^1].ShouldContinueNothing().ShouldSend("user").ShouldSay(Marked.Prompt);

        var head = await visit.ConversationAsync(id);
        Assert.Equal(["First, once more."], Answers(head));
        Assert.Equal(2, head.GetProperty("turns")[0].GetProperty("siblings").GetArrayLength());
        var other = await visit.ConversationAsync(id, $"?turn={first}");
        Assert.Equal(["First.", "Second."], Answers(other));
        Assert.False(other.GetProperty("isAtHead").GetBoolean());
        Assert.Equal(3, other.GetProperty("totals").GetProperty("turns").GetInt32());

        // The other branch can also be continued.
        var leaf = other.GetProperty("turns")[1].GetProperty("id").GetString();
        await visit.AskAsync("And then?", id, $$""","after":"{{leaf}}" """);
        Assert.Equal(["First.", "Second.", "Third."], Answers(await visit.ConversationAsync(id)));
    }

    [Fact]
    public async Task Expired_conversation_is_rebuilt_and_reported()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"My name is Alice. {Marked.Prompt}");
        using (var expired = await visit.PostAsync($"/api/conversations/{id}/expire", ""))
        {
            Assert.Equal(HttpStatusCode.NoContent, expired.StatusCode);
        }

        Assert.Equal(0, host.Emulator.StoredResponses);
        var (_, run) = await visit.SendAsync("What's my name?", id);
        var events = await visit.EventsAsync(run).ToListAsync();
        Assert.Contains("Alice", Visit.TextOf(events), StringComparison.Ordinal);
        Assert.Contains("UnknownResponse", events[^1].Data, StringComparison.Ordinal);
        Assert.Equal([false, true], (await visit.ConversationAsync(id)).GetProperty("turns").EnumerateArray().Select(static t => t.GetProperty("isRebuilt").GetBoolean()));
    }

    [Fact]
    public async Task Images_are_sent_stored_and_served()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, text) = await visit.AskAsync("", null, $$""","images":[{"data":"{{Some.Png(20, 10)}}"}]""");
        Assert.Contains("20", text, StringComparison.Ordinal);
        var address = (await visit.ConversationAsync(id)).GetProperty("turns")[0].GetProperty("messages")[0].GetProperty("images")[0].GetProperty("url").GetString();
        using (var image = await visit.Http.GetAsync(address))
        {
            Assert.Equal("image/png", image.Content.Headers.ContentType?.MediaType);
            Assert.Equal(Convert.FromBase64String(Some.Png(20, 10)), await image.Content.ReadAsByteArrayAsync());
        }

        using (var none = await visit.Http.GetAsync(address![..^1] + "7"))
        {
            await none.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        }

        Assert.Contains("20", (await visit.AskAsync("How wide is the image?", id)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_removes_conversation_and_stored_responses_while_an_answer_runs()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync(Marked.Prompt);
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate));
        await visit.SendAsync("And?", id);
        await gate.Reached;
        using (var deleted = await visit.Http.DeleteAsync($"/api/conversations/{id}"))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        Assert.Equal(0, host.Emulator.StoredResponses);
        Assert.Empty((await visit.GetAsync("/api/conversations")).EnumerateArray());
        using var gone = await visit.Http.GetAsync($"/api/conversations/{id}");
        await gone.ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Conversations_of_another_visitor_return_not_found()
    {
        await using var host = await WebHost.StartAsync();
        using var alice = host.NewVisit();
        using var bob = host.NewVisit();
        var (id, run) = await alice.SendAsync(Marked.Prompt, null, $$""","images":[{"data":"{{Some.Png(20, 10)}}"}]""");
        await alice.EventsAsync(run).ToListAsync();
        var turn = (await alice.ConversationAsync(id)).GetProperty("turns")[0].GetProperty("id").GetString();
        await bob.AskAsync("Hello.");
        Assert.NotEqual(id, Assert.Single((await bob.GetAsync("/api/conversations")).EnumerateArray()).GetProperty("id").GetString());
        foreach (var (method, path, body) in new[]
        {
            ("GET", $"conversations/{id}", ""), ("GET", $"conversations/{id}?turn={turn}", ""), ("GET", $"conversations/{id}/turns/{turn}/images/0/0", ""),
            ("POST", $"conversations/{id}/messages", """{"text":"Hi"}"""), ("POST", $"conversations/{id}/messages", $$"""{"text":"Hi","after":"{{turn}}"}"""),
            ("POST", $"conversations/{id}/fork", $$"""{"turn":"{{turn}}"}"""), ("POST", $"conversations/{id}/regenerate", $$"""{"turn":"{{turn}}"}"""),
            ("POST", $"conversations/{id}/expire", ""), ("GET", $"runs/{run}/events", ""), ("GET", $"runs/{run}/images/0/0", ""), ("POST", $"runs/{run}/stop", ""),
            ("POST", $"runs/{run}/resume", """{"keepPartial":true}"""), ("DELETE", $"runs/{run}", ""),
        })
        {
            foreach (var unknown in new[] { path, path.Replace(id, new string('0', 32), StringComparison.Ordinal).Replace(run, new string('0', 32), StringComparison.Ordinal) })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/{unknown}");
                request.Content = body.Length > 0 ? new StringContent(body, Visit.Json) : null;
                using var response = await bob.Http.SendAsync(request);
                await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
            }
        }

        using (var deleted = await bob.Http.DeleteAsync($"/api/conversations/{id}"))
        {
            // Deleting an unknown conversation succeeds, so the response reveals nothing.
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        Assert.Single((await alice.ConversationAsync(id)).GetProperty("turns").EnumerateArray());
    }

    [Fact]
    public async Task Concurrent_answers_of_two_nodes_are_both_stored()
    {
        await using var emulator = await GrokEmulator.StartAsync();
        await using var one = await WebHost.StartAsync(emulator);
        var file = one.Services.GetService(typeof(global::Web.WebSettings)) is global::Web.WebSettings settings ? settings.Database : "";
        await using var two = await WebHost.StartAsync(emulator, $"Web:Database={file}");
        using var here = one.NewVisit();
        var (id, _) = await here.AskAsync($"My name is Alice. {Marked.Prompt}");
        using var there = two.NewVisit(here.Cookies);
        Assert.Contains("Alice", (await there.AskAsync("What's my name?", id)).Text, StringComparison.Ordinal);

        var gate = new ReplyGate();
        emulator.Script.Reply(r => r.Text("Slow").Hold(gate).Text("."));
        var (_, slow) = await here.SendAsync("Slowly, please.", id);
        await gate.Reached;
        await there.AskAsync("Count to 3.", id);
        gate.Release();
        var events = await here.EventsAsync(slow).ToListAsync();
        var failed = JsonDocument.Parse(events[^1].Data).RootElement;
        Assert.Equal(("failed", "conflict"), (events[^1].EventType, failed.GetProperty("code").GetString()));
        Assert.Equal("Slow.", Answers(await here.ConversationAsync(Uri.EscapeDataString(failed.GetProperty("conversation").GetString()!))).Last());
    }

    private static IEnumerable<string?> Answers(JsonElement view) => view.GetProperty("turns").EnumerateArray().Select(static t => t.GetProperty("answerText").GetString());
}
