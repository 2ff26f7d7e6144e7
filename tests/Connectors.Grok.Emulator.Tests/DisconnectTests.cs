using System.Net;
using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Responses whose client disconnects, overload, and the limit on requests.</summary>
public sealed class DisconnectTests
{
    private const string Whole = """{"model":"grok-4.6","input":"Hello"}""";
    private const string Streamed = """{"model":"grok-4.6","input":"Hello","stream":true}""";

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Interrupted_stream_is_finished_in_the_background_by_option_or_by_fault(bool byOption, bool byFault)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { FinishAfterDisconnect = byOption });
        var gate = new ReplyGate();
        api.Emulator.Script.Reply(r => r.Text("Hel").Hold(gate).Text("lo"));
        api.Emulator.Faults.Enqueue(byFault ? Fault.EndAfter(1).FinishingAfterDisconnect() : Fault.EndAfter(1));
        var id = Api.IdOf(Assert.Single(await api.StreamAsync(Streamed)).Json.GetProperty("response"));
        Assert.Equal("in_progress", await StatusAsync(api, id));
        Assert.Null(api.Emulator.Requests[0].CompletedResponseId);
        gate.Release();
        while (await StatusAsync(api, id) != "completed")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        Assert.Equal(id, api.Emulator.Requests[0].CompletedResponseId);
    }

    [Fact]
    public async Task Fault_overrides_the_option_and_abandons_the_response()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { FinishAfterDisconnect = true });
        api.Emulator.Faults.Enqueue(Fault.EndAfter(1).FinishingAfterDisconnect(false));
        var id = Api.IdOf(Assert.Single(await api.StreamAsync(Streamed)).Json.GetProperty("response"));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
        api.Emulator.Faults.Enqueue(Fault.EndAfter(0));
        using (var half = await api.OpenStreamAsync(Whole))
        {
            _ = await half.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        await api.Emulator.Requests[^1].Outcome;
        Assert.Equal(1, api.Emulator.StoredResponses);
    }

    [Fact]
    public async Task Overloaded_and_AtCapacity_faults_are_HTTP_errors()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.Overloaded());
        Assert.Equal(529, (int)(await api.CreateAsync(Streamed)).Status);
        api.Emulator.Faults.Enqueue(Fault.AtCapacity(TimeSpan.FromSeconds(3)));
        var reply = await api.CreateAsync(Whole);
        Assert.Equal((429, "3", "resource-exhausted"), ((int)reply.Status, reply.Header("Retry-After"), reply.Code));
        Assert.Contains("currently at capacity", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorEvent_and_AtCapacityEvent_faults_end_the_stream_after_their_events()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.Parse("error-event; after=1; status=529"));
        var events = await api.StreamAsync(Streamed);
        Assert.Equal(["response.created", "error"], events.Select(static e => e.Type));
        Assert.Equal(529, events[1].Json.GetProperty("code").GetInt32());
        api.Emulator.Faults.Enqueue(Fault.Parse("at-capacity-event"));
        events = await api.StreamAsync(Streamed);
        Assert.Equal("resource-exhausted", events[1].Json.GetProperty("error").GetProperty("code").GetString());
        api.Emulator.Faults.Enqueue(Fault.ErrorEvent(503));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.CreateAsync(Whole)).Status);
        Assert.Throws<ArgumentOutOfRangeException>(static () => Fault.ErrorEvent(200));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Fault.PingsAfter(1, TimeSpan.Zero));
    }

    [Fact]
    public async Task PingsAfter_fault_sends_pings_until_the_client_disconnects()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.Parse("pings; after=1; every=1"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{api.Emulator.BaseAddress}/responses") { Content = new StringContent(Streamed, null, "application/json") };
        using (var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            for (var pings = 0; pings < 3;)
            {
                pings += await reader.ReadLineAsync() == "data: {\"type\":\"ping\"}" ? 1 : 0;
            }
        }

        Assert.Equal(RequestOutcome.ClientDisconnected, await api.Emulator.Requests[0].Outcome);
    }

    [Fact]
    public async Task Requests_beyond_the_limit_of_a_second_get_a_429()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { MaxRequestsPerSecond = 2, TimeProvider = time });
        Assert.Equal(200, await CreateAsync());
        Assert.Equal(200, await CreateAsync());
        Assert.Equal(429, await CreateAsync());
        Assert.Equal("1", (await api.CreateAsync(Whole)).Header("Retry-After"));
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, "/models")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await CreateAsync());
        Assert.Throws<ArgumentException>(static () => new GrokEmulator(new GrokEmulatorOptions { MaxRequestsPerSecond = 0 }));

        async Task<int> CreateAsync() => (int)(await api.CreateAsync(Whole)).Status;
    }

    private static async Task<string?> StatusAsync(Api api, string id)
    {
        var reply = await api.SendAsync(HttpMethod.Get, $"/responses/{id}");
        using var json = JsonDocument.Parse(reply.Body);
        return json.RootElement.TryGetProperty("status", out var status) ? status.GetString() : null;
    }
}
