using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>Answers run on the server, independently of connections.</summary>
public class StreamTests
{
    [Fact]
    public async Task Answer_is_streamed_as_numbered_events_and_stored()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply(static r => r.Reasoning("Thinking.").Deltas("One", " two", " three.").Cite("https://a.example/page"));
        var (id, run) = await visit.SendAsync($"Count. {Marked.Prompt}");
        var events = await visit.EventsAsync(run).ToListAsync();
        Assert.Equal(Enumerable.Range(1, events.Count).Select(static n => $"{n}"), events.Select(static e => e.EventId));
        Assert.Contains(events, static e => e.EventType == "reasoning");
        Assert.Equal(3, events.Count(static e => e.EventType == "text" && e.Data.Length > 0 && !e.Data.Contains("[[", StringComparison.Ordinal)));
        Assert.Contains("https://a.example/page", events.Single(static e => e.EventType == "citations").Data, StringComparison.Ordinal);
        var turn = (await visit.ConversationAsync(id)).GetProperty("turns").EnumerateArray().Single();
        Assert.StartsWith("One two three.", turn.GetProperty("answerText").GetString(), StringComparison.Ordinal);
        Assert.Equal("Thinking.", turn.GetProperty("reasoning").GetString());
        Assert.Equal("https://a.example/page", turn.GetProperty("citations")[0].GetProperty("url").GetString());
        Assert.True(turn.GetProperty("inputTokens").GetInt64() > 0 && turn.GetProperty("outputTokens").GetInt64() > 0 && turn.GetProperty("costInUsd").GetDecimal() > 0);
        var item = (await visit.GetAsync("/api/conversations")).EnumerateArray().Single();
        Assert.Equal((id, $"Count. {Marked.Prompt}"), (item.GetProperty("id").GetString(), item.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task Reconnected_reader_receives_only_missed_events()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Deltas("a", "b").Hold(gate).Deltas("c", "d"));
        var (_, run) = await visit.SendAsync(Marked.Prompt);
        var first = await visit.EventsAsync(run).Take(2).ToListAsync();
        Assert.Equal("ab", Visit.TextOf(first));
        await gate.Reached;

        // The answer continues without a connected reader.
        gate.Release();
        Assert.Equal(RequestOutcome.Answered, await host.Emulator.Requests[^1].Outcome);
        Assert.Equal("cd", Visit.TextOf(await visit.EventsAsync(run, after: 2).ToListAsync()));
        Assert.Equal("cd", Visit.TextOf(await visit.EventsAsync(run, lastEventId: 2).ToListAsync()));
        Assert.Equal("bcd", Visit.TextOf(await visit.EventsAsync(run, after: 3, lastEventId: 1).ToListAsync()));
        Assert.Equal("abcd", Visit.TextOf(await visit.EventsAsync(run).ToListAsync()));
        Assert.Empty(await visit.EventsAsync(run, after: 1000).ToListAsync());
    }

    [Fact]
    public async Task Running_answer_is_listed_and_streams_to_two_readers()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("Before").Hold(gate).Text(" after."));
        var (id, run) = await visit.SendAsync(Marked.Prompt);
        await gate.Reached;
        var view = await visit.ConversationAsync(id);
        Assert.Empty(view.GetProperty("turns").EnumerateArray());
        Assert.Equal((run, "running"), (view.GetProperty("run").GetProperty("id").GetString(), view.GetProperty("run").GetProperty("status").GetString()));
        Assert.True((await visit.GetAsync("/api/conversations"))[0].GetProperty("isRunning").GetBoolean());
        var readers = Enumerable.Range(0, 2).Select(async _ => await visit.EventsAsync(run).ToListAsync()).ToList();
        using (var busy = await visit.PostAsync($"/api/conversations/{id}/messages", """{"text":"And?"}"""))
        {
            await busy.ShouldBeProblemAsync(HttpStatusCode.Conflict, "busy");
        }

        gate.Release();
        var seen = await Task.WhenAll(readers);
        Assert.All(seen, static events => Assert.Equal("Before after.", Visit.TextOf(events)));
        Assert.Equal(JsonValueKind.Null, (await visit.ConversationAsync(id)).GetProperty("run").ValueKind);
    }

    [Fact]
    public async Task Idle_event_stream_sends_heartbeats()
    {
        await using var host = await WebHost.StartAsync("Web:Heartbeat=00:00:00.020");
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate).Text("."));
        var (_, run) = await visit.SendAsync(Marked.Prompt);
        var seen = await visit.EventsAsync(run).TakeWhile(static e => e.EventType != "heartbeat").ToListAsync();
        Assert.All(seen, static e => Assert.Equal("text", e.EventType));
        gate.Release();
    }

    [Fact]
    public async Task Stop_cancels_the_request_and_the_partial_answer_can_be_continued()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("A beginning").Hold(gate).Text(" and an end.")).Reply("The rest.");
        var (id, run) = await visit.SendAsync(Marked.Prompt);
        await gate.Reached;
        await visit.WaitForTextAsync(run, "A beginning");
        using (var stopped = await visit.PostAsync($"/api/runs/{run}/stop", ""))
        {
            Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        }

        var events = await visit.EventsAsync(run).ToListAsync();
        Assert.Equal("stopped", events[^1].EventType);
        Assert.Equal(RequestOutcome.ClientDisconnected, await host.Emulator.Requests[^1].Outcome);
        var stoppedView = await visit.ConversationAsync(id);
        Assert.Equal(JsonValueKind.Null, stoppedView.GetProperty("run").ValueKind);
        var question = Assert.Single(stoppedView.GetProperty("turns").EnumerateArray());
        Assert.Equal(("unanswered", "stopped", "A beginning"), (question.GetProperty("kind").GetString(), question.GetProperty("status").GetString(), question.GetProperty("answerText").GetString()));

        var (_, resumed) = await Visit.StartedAsync(await visit.PostAsync($"/api/runs/{run}/resume", """{"keepPartial":true}"""));
        Assert.Equal("The rest.", Visit.TextOf(await visit.EventsAsync(resumed).ToListAsync()));
        host.Emulator.Requests[^1].ShouldSend("user", "assistant", "user");
        var turns = (await visit.ConversationAsync(id)).GetProperty("turns");
        Assert.Equal(["A beginning", "The rest."], turns.EnumerateArray().Select(static t => t.GetProperty("answerText").GetString()));
        Assert.Equal(["user", "continuation"], turns.EnumerateArray().SelectMany(static t => t.GetProperty("messages").EnumerateArray()).Select(static m => m.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Failed_answer_can_be_retried_or_dismissed()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply(static r => r.Text("Half").Fault(Fault.CutAfter(5))).Reply(static r => r.Text("Half").Fault(Fault.CutAfter(5))).Reply("Whole.");
        var (id, run) = await visit.SendAsync(Marked.Prompt);
        var failed = (await visit.EventsAsync(run).ToListAsync())[^1];
        Assert.Equal("failed", failed.EventType);
        Assert.Contains("broken-off", failed.Data, StringComparison.Ordinal);
        Assert.Contains("traceId", failed.Data, StringComparison.Ordinal);

        var first = JsonDocument.Parse(failed.Data).RootElement.GetProperty("turn").GetString();
        (_, run) = await Visit.StartedAsync(await visit.PostAsync($"/api/runs/{run}/resume", """{"keepPartial":false}"""));
        Assert.Equal("failed", (await visit.EventsAsync(run).ToListAsync())[^1].EventType);
        host.Emulator.Requests[^1].ShouldSend("user");
        Assert.Equal(2, (await visit.ConversationAsync(id)).GetProperty("turns")[0].GetProperty("siblings").GetArrayLength());
        using (await visit.Http.DeleteAsync($"/api/runs/{run}"))
        using (await visit.Http.DeleteAsync($"/api/conversations/{id}/turns/{first}"))
        using (var gone = await visit.Http.GetAsync($"/api/conversations/{id}"))
        {
            await gone.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        }
    }

    [Fact]
    public async Task Server_shutdown_ends_running_answers_with_a_closing_event()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate));
        var (_, run) = await visit.SendAsync(Marked.Prompt);
        await gate.Reached;
        await using var events = visit.EventsAsync(run).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        var stopping = host.StopAsync();
        while (await events.MoveNextAsync() && events.Current.EventType != "failed")
        {
        }

        Assert.Contains("closing", events.Current.Data, StringComparison.Ordinal);
        await stopping;
    }

    [Fact]
    public async Task Size_and_number_of_runs_are_limited()
    {
        await using var host = await WebHost.StartAsync("Web:MaxRunBytes=20000", "Web:MaxKeptBytes=20000", "Web:MaxRunning=2", "Web:MaxRunningPerVisitor=1");
        using var visit = host.NewVisit();
        host.Emulator.Script.Reply(new string('x', 100)).Reply("Short.").Reply(static r => r.Deltas([.. Enumerable.Repeat("word ", 2000)]));
        var (first, oldest) = await visit.SendAsync(Marked.Prompt);
        await visit.EventsAsync(oldest).ToListAsync();
        var (_, second) = await visit.SendAsync(Marked.Prompt, first);
        await visit.EventsAsync(second).ToListAsync();
        var (_, run) = await visit.SendAsync(Marked.Prompt);
        Assert.Contains("answer-too-long", (await visit.EventsAsync(run).ToListAsync())[^1].Data, StringComparison.Ordinal);

        // The first run was replaced by the next answer of its conversation; the second was removed because of the size of the long answer.
        await Assert.AllAsync([oldest, second], async forgotten =>
        {
            while (await visit.Http.GetAsync($"/api/runs/{forgotten}/events") is { StatusCode: HttpStatusCode.OK })
            {
                // Ended runs are removed with a short delay.
            }
        });

        var gates = Enumerable.Range(0, 2).Select(static _ => new ReplyGate()).ToList();
        gates.ForEach(gate => host.Emulator.Script.Reply(r => r.Text("a").Hold(gate)));
        await visit.SendAsync(Marked.Prompt);
        using (var mine = await visit.PostAsync("/api/conversations", """{"text":"More"}"""))
        {
            await mine.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too-many-answers");
            Assert.NotNull(mine.Headers.RetryAfter);
        }

        using var other = host.NewVisit();
        await other.SendAsync(Marked.Prompt);
        using var third = host.NewVisit();
        using var full = await third.PostAsync("/api/conversations", """{"text":"More"}""");
        await full.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "full");
    }
}
