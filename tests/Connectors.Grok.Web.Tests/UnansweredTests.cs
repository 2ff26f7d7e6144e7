using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>Questions that were stopped or failed stay in their conversation.</summary>
public class UnansweredTests
{
    [Fact]
    public async Task Stopped_question_stays_when_the_next_message_is_sent()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"My name is Alice. {Marked.Prompt}");
        await StopAsync(host, visit, "Tell me a story.", "Once upon", id);
        host.Emulator.Script.Reply("A shorter one.");
        await visit.AskAsync("Shorter, please.", id);
        host.Emulator.Requests[^1].ShouldSend("user", "reasoning", "assistant", "user", "assistant", "user");
        Assert.Contains("Once upon", host.Emulator.Requests[^1].Body, StringComparison.Ordinal);

        var turns = (await visit.ConversationAsync(id)).GetProperty("turns").EnumerateArray().ToList();
        Assert.Equal(["answer", "unanswered", "answer"], turns.Select(static t => t.GetProperty("kind").GetString()));
        Assert.Equal(("Tell me a story.", "Once upon", "stopped"), (Text(turns[1]), turns[1].GetProperty("answerText").GetString(), turns[1].GetProperty("status").GetString()));
        Assert.All(turns, static t => Assert.False(t.GetProperty("isRebuilt").GetBoolean()));
    }

    [Theory]
    [InlineData(true, "The end.")]
    [InlineData(false, "Another story.")]
    public async Task Unanswered_question_is_resumed_after_a_restart(bool keepPartial, string answer)
    {
        await using var emulator = await GrokEmulator.StartAsync();
        await using var before = await WebHost.StartAsync(emulator);
        using var visit = before.NewVisit();
        var id = await StopAsync(before, visit, $"Tell me a story. {Marked.Prompt}", "Once upon");
        var database = Assert.IsType<global::Web.WebSettings>(before.Services.GetService(typeof(global::Web.WebSettings))).Database;

        // Another process on the same database: no run is in its memory.
        await using var after = await WebHost.StartAsync(emulator, $"Web:Database={database}");
        using var again = after.NewVisit(visit.Cookies);
        var view = await again.ConversationAsync(id);
        var turn = Assert.Single(view.GetProperty("turns").EnumerateArray());
        Assert.Equal(("unanswered", "Once upon"), (turn.GetProperty("kind").GetString(), turn.GetProperty("answerText").GetString()));
        Assert.StartsWith("Tell me a story.", view.GetProperty("title").GetString(), StringComparison.Ordinal);
        emulator.Script.Reply(answer);
        var path = $"/api/conversations/{id}/turns/{turn.GetProperty("id").GetString()}";
        var (_, run) = await Visit.StartedAsync(await again.PostAsync($"{path}/resume", $$"""{"keepPartial":{{(keepPartial ? "true" : "false")}}}"""));
        var done = (await again.EventsAsync(run).ToListAsync())[^1];
        Assert.Equal("done", done.EventType);
        view = await again.ConversationAsync(id);
        Assert.Equal(keepPartial ? ["Once upon", answer] : [answer], view.GetProperty("turns").EnumerateArray().Select(static t => t.GetProperty("answerText").GetString()));
        Assert.Equal(keepPartial ? 1 : 2, view.GetProperty("turns")[0].GetProperty("siblings").GetArrayLength());

        // A turn alone, as the page reads it after an answer.
        var alone = await again.GetAsync($"/api/conversations/{id}/turns/{JsonDocument.Parse(done.Data).RootElement.GetProperty("turn").GetString()}");
        Assert.Equal((answer, 1), (alone.GetProperty("turn").GetProperty("answerText").GetString(), alone.GetProperty("totals").GetProperty("turns").GetInt32()));
        using var answered = await again.PostAsync($"/api/conversations/{id}/turns/{alone.GetProperty("turn").GetProperty("id").GetString()}/resume", """{"keepPartial":true}""");
        await answered.ShouldBeProblemAsync(HttpStatusCode.Conflict, "has-answer");
    }

    [Fact]
    public async Task Question_that_fails_before_the_answer_is_kept_and_the_problem_names_it()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Faults.Enqueue(Fault.ServerError());
        using var response = await visit.PostAsync("/api/conversations", $$"""{"text":"{{Marked.Prompt}}","effort":null}""");
        var problem = await response.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "service");
        var turn = Assert.Single((await visit.ConversationAsync(problem.GetProperty("conversation").GetString()!)).GetProperty("turns").EnumerateArray());
        Assert.Equal((problem.GetProperty("turn").GetString(), "failed"), (turn.GetProperty("id").GetString(), turn.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Answer_that_is_too_long_keeps_what_came()
    {
        await using var host = await WebHost.StartAsync("Web:MaxRunBytes=2000");
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply(static r => r.Deltas([.. Enumerable.Repeat("word ", 200)]));
        var (id, run) = await visit.SendAsync(Marked.Prompt);
        var failed = (await visit.EventsAsync(run).ToListAsync())[^1];
        Assert.Contains("answer-too-long", failed.Data, StringComparison.Ordinal);
        var turn = Assert.Single((await visit.ConversationAsync(id)).GetProperty("turns").EnumerateArray());
        Assert.Equal(JsonDocument.Parse(failed.Data).RootElement.GetProperty("turn").GetString(), turn.GetProperty("id").GetString());
        Assert.StartsWith("word word", turn.GetProperty("answerText").GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> StopAsync(WebHost host, Visit visit, string question, string partial, string? conversation = null)
    {
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text(partial).Hold(gate).Text("."));
        var (id, run) = await visit.SendAsync(question, conversation);
        await gate.Reached;
        await visit.WaitForTextAsync(run, partial);
        using (await visit.PostAsync($"/api/runs/{run}/stop", ""))
        {
            var last = (await visit.EventsAsync(run).ToListAsync())[^1];
            Assert.Equal("stopped", last.EventType);
            Assert.NotNull(JsonDocument.Parse(last.Data).RootElement.GetProperty("turn").GetString());
        }

        return id;
    }

    private static string? Text(JsonElement turn) => turn.GetProperty("messages")[0].GetProperty("text").GetString();
}
