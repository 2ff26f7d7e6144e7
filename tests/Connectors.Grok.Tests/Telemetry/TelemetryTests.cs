using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Connectors.Grok.Foundation;
using Connectors.Grok.Telemetry;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;
namespace Connectors.Grok.Tests.Telemetry;

/// <summary>The contents of activities, meters and logs, and what they must not contain. Listeners receive events of the whole process, so these tests run alone.</summary>
[Collection("listeners")]
public sealed class TelemetryTests : IDisposable
{
    private const string Secret = "the-treasure-lies-under-the-oak";
    private const string Key = "xai-test";
    private const string Busy = """{"code":"resource-exhausted","error":"Too many requests"}""";

    private readonly ManualTime _time = new();
    private readonly ListLogger _log = new();
    private readonly ConcurrentQueue<Activity> _activities = [];
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = [];
    private readonly List<IDisposable> _listeners = [];

    [Fact]
    public async Task Streamed_call_is_one_activity_with_retry_first_token_and_cost()
    {
        Listen();
        var slow = new DripStream(System.Text.Encoding.UTF8.GetBytes(StubHandler.Frames(Stream("Hello"))), 1 << 20);
        var handler = new StubHandler().Json(Busy, 429, ("Retry-After", "7")).Stream(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return slow;
        });
        using var client = Some.Client(handler, o => (o.MaxRetries, o.TimeProvider, o.RetryJitter) = (3, _time, static () => 0));
        using var outer = new Activity("request").Start();

        var answer = client.GetStreamingResponseAsync(Secret).ToChatResponseAsync();
        while (!_time.Waits(TimeSpan.FromSeconds(7)))
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(7));
        var response = await answer;

        var activity = Assert.Single(_activities);
        Assert.Equal(("grok.call", ActivityKind.Internal, ActivityStatusCode.Unset), (activity.OperationName, activity.Kind, activity.Status));
        Assert.Equal(outer.SpanId, activity.ParentSpanId);
        Assert.Same(outer, Activity.Current);
        Assert.Equal("x_ai", activity.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("grok-4.7", activity.GetTagItem("gen_ai.request.model"));
        Assert.Equal("127.0.0.1", activity.GetTagItem("server.address"));
        Assert.Equal(response.ResponseId, activity.GetTagItem("gen_ai.response.id"));
        Assert.Equal((double)response.Usage!.GetCostInUsd()!, activity.GetTagItem("grok.cost"));
        Assert.Equal(9.0, activity.GetTagItem("grok.time_to_first_token"));
        Assert.Equal(1, activity.GetTagItem("grok.retries"));
        Assert.Equal(handler.Requests[1].Headers["x-client-request-id"], activity.GetTagItem("grok.client_request_id"));
        var retry = Assert.Single(activity.Events);
        Assert.Equal("grok.retry", retry.Name);
        Assert.Contains(retry.Tags, static t => t is { Key: "http.response.status_code", Value: 429 });
        // Values that UseOpenTelemetry records are not repeated, or they would be counted twice.
        Assert.DoesNotContain(activity.TagObjects, static t => t.Key is "gen_ai.operation.name" || t.Key.StartsWith("gen_ai.usage", StringComparison.Ordinal));

        Assert.Equal(9.0, Measured("grok.client.time_to_first_token").Single().Value);
        var sent = Measured("grok.client.retries").Single();
        Assert.Equal((1.0, "RateLimit", 429), (sent.Value, sent.Tags["error.type"], sent.Tags["http.response.status_code"]));
    }

    [Fact]
    public async Task Tokens_and_cost_are_counted_once_streamed_or_not()
    {
        Listen();
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok"))).Sse(Stream("Hello"));
        using var client = Some.Client(handler);
        var whole = await client.GetResponseAsync("q");
        var streamed = await client.GetStreamingResponseAsync("q").ToChatResponseAsync();

        foreach (var (name, type, count) in new (string, string?, Func<UsageDetails, long?>)[]
        {
            ("grok.client.tokens", "input", static u => u.InputTokenCount), ("grok.client.tokens", "output", static u => u.OutputTokenCount),
            ("grok.client.cached_tokens", null, static u => u.CachedInputTokenCount), ("grok.client.reasoning_tokens", null, static u => u.ReasoningTokenCount),
        })
        {
            var expected = new[] { whole, streamed }.Select(r => count(r.Usage!)).Where(static n => n > 0).Select(static n => (double)n!);
            Assert.Equal(expected, Measured(name).Where(m => type is null || (string?)m.Tags["gen_ai.token.type"] == type).Select(static m => m.Value));
        }

        Assert.Equal([whole.Usage!.GetCachedShare()!.Value, streamed.Usage!.GetCachedShare()!.Value], Measured("grok.client.cached_share").Select(static m => m.Value));
        Assert.All(Measured("grok.client.cached_share"), static m => Assert.Equal(("x_ai", "grok-4.7"), (m.Tags["gen_ai.provider.name"], m.Tags["gen_ai.response.model"])));
        var costs = new[] { whole, streamed }.Select(static r => (double)r.Usage!.GetCostInUsd()!).ToList();
        Assert.Contains(costs, static c => c > 0);
        Assert.Equal(costs, Measured("grok.client.cost").Select(static m => m.Value));
        Assert.All(Measured("grok.client.cost"), static m => Assert.Equal(("x_ai", "grok-4.7"), (m.Tags["gen_ai.provider.name"], m.Tags["gen_ai.response.model"])));
    }

    [Fact]
    public async Task Activity_status_is_error_for_a_failure_and_unset_for_a_cancellation()
    {
        Listen();
        var handler = new StubHandler()
            .Json($$"""{"code":"400","error":"Bad: {{Secret}}"}""", 400)
            .Sse("""{"type":"response.created","sequence_number":0,"response":{"id":"r","status":"in_progress"}}""")
            .Json(Some.Answer(Some.Message("never")));
        using var client = Some.Client(handler);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync(Secret));
        await Assert.ThrowsAsync<GrokException>(() => client.GetStreamingResponseAsync(Secret).ToChatResponseAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(Secret, cancellationToken: new(true)));

        Assert.Equal(["InvalidRequest", "StreamBroken", null], _activities.Select(static a => a.GetTagItem("error.type")));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Unset], _activities.Select(static a => a.Status));
        var recorded = string.Join('\n', _activities.SelectMany(static a => a.TagObjects).Select(static t => t.Value)) + string.Join('\n', _activities.Select(static a => a.StatusDescription));
        Assert.DoesNotContain(Secret, recorded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_adds_nothing_without_listeners_and_allocates_nothing_per_delta()
    {
        var settings = GrokSettings.From(new() { Endpoint = Some.Endpoint });
        var updates = Deltas(1);
        Assert.Same(updates, CallTelemetry.Measure(settings, "grok-4.7", updates));

        Listen();
        Assert.NotSame(updates, CallTelemetry.Measure(settings, "grok-4.7", updates));
        await AllocatedAsync(10);
        var few = await AllocatedAsync(10);
        // Less than a byte per delta: the smallest object takes 24, and the runtime may allocate meanwhile.
        Assert.InRange(await AllocatedAsync(10_000), 0, few + 9_000);

        async Task<long> AllocatedAsync(int count)
        {
            var deltas = CallTelemetry.Measure(settings, "grok-4.7", Deltas(count));
            var before = GC.GetAllocatedBytesForCurrentThread();
            await foreach (var _ in deltas)
            {
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_are_logged_only_with_LogSensitiveData_and_the_key_never(bool isEnabled)
    {
        var handler = new StubHandler()
            .Json(Busy, 429).Json(Some.Answer($"{Some.Reasoning(Some.Summary("thought-aloud"))},{Some.Message("answer-in-whole")}"))
            .Sse(Stream("answer-streamed"))
            .Json($$"""{"code":"400","error":"refused {{Secret}} {{Key}}"}""", 400);
        using var client = Some.Client(handler, o => (o.MaxRetries, o.TimeProvider, o.LoggerFactory, o.LogSensitiveData, o.Store) = (3, _time, _log, isEnabled, false));
        List<ChatMessage> history = [new(ChatRole.User, Secret), new(ChatRole.Assistant, "earlier"), new(ChatRole.User, "Grüße")];

        var answer = client.GetResponseAsync(history, new() { StopSequences = ["stop"] });
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("answer-in-whole", (await answer).Text);
        // The rate limit is over.
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("answer-streamed", (await client.GetStreamingResponseAsync(history).ToChatResponseAsync()).Text);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync(history));

        var log = string.Join('\n', _log.Lines);
        Assert.Contains("Retry 1 of 3 starts in", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, log, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", log, StringComparison.Ordinal);
        foreach (var content in new[] { Secret, "answer-in-whole", "answer-streamed", Some.Blob, "thought-aloud", "POST responses" })
        {
            Assert.True(isEnabled == log.Contains(content, StringComparison.Ordinal), $"{content}: {log}");
        }
    }

    [Fact]
    public void Telemetry_names_are_public_and_stable()
    {
        Assert.Equal("Connectors.Grok", GrokTelemetry.ActivitySourceName);
        Assert.Equal("Connectors.Grok", GrokTelemetry.MeterName);
        Assert.Equal("Connectors.Grok.Conversations", GrokTelemetry.ConversationsMeterName);
    }

    public void Dispose() => _listeners.ForEach(static l => l.Dispose());

    private void Listen()
    {
        var activities = new ActivityListener
        {
            ShouldListenTo = static s => s.Name == GrokTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
        var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == GrokTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((i, value, tags, _) => _measured.Enqueue((i.Name, value, tags.ToArray().ToDictionary(static t => t.Key, static t => t.Value))));
        meters.SetMeasurementEventCallback<double>((i, value, tags, _) => _measured.Enqueue((i.Name, value, tags.ToArray().ToDictionary(static t => t.Key, static t => t.Value))));
        meters.Start();
        _listeners.AddRange([activities, meters]);
    }

    private List<(string Name, double Value, Dictionary<string, object?> Tags)> Measured(string name) => [.. _measured.Where(m => m.Name == name)];

    private static string[] Stream(string text) => [Some.Created, Some.TextDelta(text), Some.Completed(Some.Message(text))];

    private static async IAsyncEnumerable<ChatResponseUpdate> Deltas(int count)
    {
        var update = new ChatResponseUpdate(ChatRole.Assistant, "a");
        for (var i = 0; i < count; i++)
        {
            yield return update;
        }

        await Task.CompletedTask;
    }
}

/// <summary>Listeners receive events of the whole process.</summary>
[CollectionDefinition("listeners", DisableParallelization = true)]
public class Listeners;
