using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class FaultTests
{
    private const string Whole = """{"model":"grok-4.6","input":"Hello"}""";
    private const string Streamed = """{"model":"grok-4.6","input":"Hello","stream":true}""";

    public static TheoryData<Fault, int, string> HttpFaults() => new()
    {
        { Fault.Status(503, "The service is currently unavailable", "Busy"), 503, """{"code":"The service is currently unavailable","error":"Busy"}""" },
        { Fault.RateLimited(), 429, "{\"code\":\"resource-exhausted\",\"error\":\"Too many requests for team" },
        { Fault.QuotaExceeded(), 429, """{"code":"resource-exhausted","error":"Free usage quota exceeded. Purchase credits"}""" },
        { Fault.Html(522), 522, "<!DOCTYPE html>" },
    };

    [Theory]
    [MemberData(nameof(HttpFaults), DisableDiscoveryEnumeration = true)]
    public async Task Queued_http_fault_applies_to_one_create_request_only(Fault fault, int status, string start)
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(fault);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, "/models")).Status);
        var reply = await api.CreateAsync(Streamed);
        Assert.Equal(status, (int)reply.Status);
        Assert.StartsWith(start, reply.Body, StringComparison.Ordinal);
        Assert.Null(reply.Message.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync(Whole)).Status);
    }

    [Fact]
    public async Task Retry_after_is_sent_in_whole_seconds_rounded_up()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(2.5)));
        Assert.Equal("3", (await api.CreateAsync(Whole)).Header("Retry-After"));
    }

    [Fact]
    public async Task ErrorFirst_fault_sends_an_error_as_the_only_event()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.ErrorFirst());
        var frame = Assert.Single(await api.StreamAsync(Streamed));
        Assert.Equal("error", frame.Type);
        Assert.Equal("Service temporarily unavailable. The model did not respond to this request.", frame.Json.GetProperty("message").GetString());
        api.Emulator.Faults.Enqueue(Fault.ErrorFirst());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.CreateAsync(Whole)).Status);
    }

    [Fact]
    public async Task UntypedError_fault_sends_an_error_without_a_type()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.UntypedError());
        var events = await api.StreamAsync(Streamed);
        Assert.Equal(3, events.Count);
        Assert.Null(events[2].Name);
        Assert.Equal(["code", "error"], events[2].Json.EnumerateObject().Select(member => member.Name));
        api.Emulator.Faults.Enqueue(Fault.UntypedError());
        var whole = await api.CreateAsync(Whole);
        Assert.Equal((HttpStatusCode.OK, "The service is currently unavailable"), (whole.Status, whole.Code));
    }

    [Fact]
    public async Task EndAfter_fault_ends_the_stream_early_and_stores_nothing()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.EndAfter(5));
        var events = await api.StreamAsync(Streamed);
        Assert.Equal(5, events.Count);
        var id = Api.IdOf(events[0].Json.GetProperty("response"));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
    }

    [Fact]
    public async Task CutAfter_fault_aborts_the_connection_after_the_given_number_of_events()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.CutAfter(6));
        using var response = await api.OpenStreamAsync(Streamed);
        Assert.Equal(6, await CountUntilBrokenAsync(response));
        Assert.Equal(RequestOutcome.Aborted, await api.Emulator.Requests[^1].Outcome);
        api.Emulator.Faults.Enqueue(Fault.CutAfter(0));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => api.CreateAsync(Whole));
    }

    [Fact]
    public async Task CutAfter_fault_aborts_the_response_of_an_in_memory_handler()
    {
        await using var emulator = new GrokEmulator();
        using var http = new HttpClient(emulator.CreateHandler());
        emulator.Faults.Enqueue(Fault.CutAfter(6));
        using var request = new HttpRequestMessage(HttpMethod.Post, emulator.BaseAddress + "/responses");
        request.Content = new StringContent(Streamed, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(6, await CountUntilBrokenAsync(response));
    }

    [Fact]
    public async Task StallAfter_fault_sends_nothing_more_until_the_client_disconnects()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.StallAfter(3));
        using (var response = await api.OpenStreamAsync(Streamed))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            for (var line = 0; line < 9; line++)
            {
                Assert.NotNull(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            }

            Assert.False(api.Emulator.Requests[0].Outcome.IsCompleted);
        }

        Assert.Equal(RequestOutcome.ClientDisconnected, await api.Emulator.Requests[0].Outcome.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task EmptyFinalOutput_fault_omits_the_output_of_the_final_response()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.EmptyFinalOutput());
        var events = await api.StreamAsync(Streamed);
        Assert.Contains(events, streamed => streamed.Type == "response.output_text.done");
        Assert.Equal("response.completed", events[^1].Type);
        Assert.Equal("[]", events[^1].Json.GetProperty("response").GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Failed_fault_produces_a_failed_response_that_is_not_stored()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.Failed("server_error", "It broke."));
        var events = await api.StreamAsync(Streamed);
        Assert.Equal(["response.created", "response.in_progress", "response.failed"], events.Select(streamed => streamed.Type));
        var response = events[^1].Json.GetProperty("response");
        Assert.Equal("""{"code":"server_error","message":"It broke."}""", response.GetProperty("error").GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{Api.IdOf(response)}")).Status);

        api.Emulator.Faults.Enqueue(Fault.Failed());
        Assert.Equal("failed", (await api.CreateAsync(Whole)).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Done_fault_ends_one_stream_with_a_done_line()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.Done());
        Assert.Equal("[DONE]", (await api.StreamAsync(Streamed))[^1].Data);
        Assert.Equal("response.completed", (await api.StreamAsync(Streamed))[^1].Type);
    }

    [Fact]
    public async Task JsonAnswer_fault_answers_a_stream_request_with_a_stored_json_response()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.JsonAnswer());
        var reply = await api.CreateAsync(Streamed);
        Assert.Equal("application/json", reply.Message.Content.Headers.ContentType?.MediaType);
        Assert.Equal(reply.Body, (await api.SendAsync(HttpMethod.Get, $"/responses/{Api.IdOf(reply.Json)}")).Body);
    }

    [Fact]
    public async Task LargeEvents_fault_sends_events_of_several_MiB_whose_reasoning_can_be_sent_back()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.LargeEvents());
        api.Emulator.Script.Reply("Hello.");
        var events = await api.StreamAsync(Streamed);
        Assert.True(events[^1].Data.Length > 2 * 1024 * 1024);
        var reasoning = events.Single(streamed => streamed.Type == "response.output_item.done" && streamed.Json.GetProperty("output_index").GetInt32() == 0).Json.GetProperty("item");
        Assert.True(reasoning.GetRawText().Length > 2 * 1024 * 1024);
        var replay = await api.CreateAsync($$"""{"model":"grok-4.6","input":[{{reasoning.GetRawText()}},{"role":"assistant","content":"Hello."},{"role":"user","content":"2 + 2"}]}""");
        Assert.Equal("2 + 2 equals 4.", Api.TextOf(replay.Json));
    }

    private static async Task<int> CountUntilBrokenAsync(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var events = 0;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                events += line.StartsWith("data: ", StringComparison.Ordinal) ? 1 : 0;
            }
        });
        return events;
    }
}
