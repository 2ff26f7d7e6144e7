using System.Text;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Answers that are not streamed to the caller, but requested as a stream.</summary>
public class AlwaysStreamTests
{
    private readonly StubHandler _handler = new();
    private readonly ManualTime _time = new();

    public static TheoryData<string, string> Ends => new()
    {
        { "the whole output", Some.Completed($"{Some.Reasoning(Some.Summary("Hm"))},{Some.Message("Hello")}") },
        { "no output", Some.Completed("") },
        { "less output", Some.Completed(Some.Message("Hello")) },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Answer_equals_that_of_a_single_POST(string end, string last)
    {
        using var client = Some.Client(_handler);
        using var single = Some.Client(_handler, static o => o.AlwaysStream = false);
        var (reasoning, message) = (Some.Reasoning(Some.Summary("Hm")), Some.Message("Hello"));
        var whole = await single.Whole(_handler.Json(Some.Answer($"{reasoning},{message}"), 200, ("x-request-id", "r1")));
        string[] frames =
        [
            Some.Created, Some.Added(0, reasoning), Some.SummaryDelta("Hm"), "{\"type\":\"ping\"}", Some.Done(0, reasoning), Some.TextDelta("Hel", 1), Some.TextDelta("lo", 1), "{\"type\":\"response.hologram\"}",
            Some.Done(1, message), Some.Done(1, message), last,
        ];
        var streamed = await client.Whole(_handler.Text(StubHandler.Frames(frames), "text/event-stream", 200, ("x-request-id", "r1")));
        Assert.Equal(whole.ToJson(), streamed.ToJson());
        Assert.Equal(Raw(whole), Raw(streamed));
        Assert.NotEmpty(end);
    }

    private static string Raw(ChatResponse answer) =>
        System.Text.Json.JsonSerializer.Serialize(Assert.IsType<Connectors.Grok.Responses.GrokResponse>(answer.RawRepresentation), Connectors.Grok.Serialization.WireJson.Context.GrokResponse);

    [Fact]
    public async Task Whole_JSON_answer_is_accepted()
    {
        using var client = Some.Client(_handler);
        Assert.Equal("hi", (await client.Whole(_handler.Json(Some.Answer(Some.Message("hi"))))).Text);
        Assert.True((bool?)_handler.LastJson["stream"]);
    }

    [Fact]
    public async Task Text_that_only_deltas_hold_is_StreamBroken()
    {
        using var client = Some.Client(_handler);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler.Sse(Some.Created, Some.TextDelta("Hi"), Some.Completed(""))));
        Assert.Equal((GrokErrorKind.StreamBroken, Some.Id), (e.Kind, e.ResponseId));
    }

    [Fact]
    public async Task Answer_without_output_is_empty()
    {
        using var client = Some.Client(_handler);
        Assert.Equal("", (await client.Whole(_handler.Sse(Some.Created, Some.Completed("")))).Text);
    }

    [Fact]
    public async Task Incomplete_event_makes_the_answer_incomplete()
    {
        using var client = Some.Client(_handler);
        var last = Some.Completed(Some.Message("Hi"), "incomplete").Replace("\"status\":\"incomplete\",", "", StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Length, (await client.Whole(_handler.Sse(Some.Created, Some.TextDelta("Hi"), last))).FinishReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pings_keep_a_stream_alive_until_StreamProgressTimeout(bool isStreamed)
    {
        using var client = Some.Client(
            _handler.Stream(() => new PingStream(_time)),
            o => (o.TimeProvider, o.StreamIdleTimeout, o.StreamProgressTimeout) = (_time, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30)));
        var start = _time.GetUtcNow();
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Ask(isStreamed, [new(ChatRole.User, "q")]));
        Assert.Equal(GrokErrorKind.Timeout, e.Kind);
        Assert.Contains("StreamProgressTimeout", e.Message, StringComparison.Ordinal);
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(31));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Cancellation_is_cancellation_whatever_the_handler_throws(bool isStreamed, bool isInBody)
    {
        using var cancel = new CancellationTokenSource();
        using var client = Some.Client(_handler.Reply(() =>
        {
            if (!isInBody)
            {
                cancel.Cancel();
                throw new IOException("The request was aborted.");
            }

            return new HttpResponseMessage { Content = new StreamContent(new AbortedStream(cancel)) { Headers = { ContentType = new("text/event-stream") } } };
        }));
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Ask(isStreamed, cancel.Token));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(503)]
    public async Task Cancellation_inside_a_JSON_body_is_cancellation_whatever_the_handler_throws(int status)
    {
        using var cancel = new CancellationTokenSource();
        using var client = Some.Client(
            _handler.Reply(() => new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StreamContent(new AbortedStream(cancel)) { Headers = { ContentType = new("application/json") } } }),
            static o => o.AlwaysStream = false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Ask(isStreamed: false, cancel.Token));
    }

    [Fact]
    public async Task Idle_timeout_is_reported_whatever_the_handler_throws()
    {
        using var client = Some.Client(_handler.Stream(() => new PingStream(_time, breaks: true)), o => (o.TimeProvider, o.StreamIdleTimeout) = (_time, TimeSpan.FromSeconds(5)));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Equal(GrokErrorKind.Timeout, e.Kind);
        Assert.Contains("StreamIdleTimeout", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A ping each ten seconds, for ever; or a break when the read is cancelled.</summary>
    private sealed class PingStream(ManualTime time, bool breaks = false) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            if (breaks && cancellationToken.IsCancellationRequested)
            {
                throw new IOException("The request was aborted.");
            }

            cancellationToken.ThrowIfCancellationRequested();
            return new(Encoding.UTF8.GetBytes(": keep-alive\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n", buffer.Span));
        }
    }

    private sealed class AbortedStream(CancellationTokenSource cancel) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancel.Cancel();
            throw new IOException("The request was aborted.");
        }
    }
}

internal static class AnswerJson
{
    public static string ToJson(this ChatResponse answer) =>
        System.Text.Json.JsonSerializer.Serialize(answer, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)));

    public static Task Ask(this IChatClient client, bool isStreamed, CancellationToken cancellationToken) =>
        isStreamed ? client.GetStreamingResponseAsync("q", cancellationToken: cancellationToken).ToListAsync() : client.GetResponseAsync("q", cancellationToken: cancellationToken);
}
