using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class FaultHeaderTests
{
    private const string Whole = """{"model":"grok-4.6","input":"Hello"}""";
    private const string Streamed = """{"model":"grok-4.6","input":"Hello","stream":true}""";

    public static TheoryData<string, int, string> Errors() => new()
    {
        { "rate-limited; retry-after=7", 429, "{\"code\":\"resource-exhausted\",\"error\":\"Too many requests" },
        { "quota-exceeded", 429, "{\"code\":\"resource-exhausted\",\"error\":\"Free usage quota exceeded" },
        { "free-usage-exhausted", 429, "{\"code\":\"subscription:free-usage-exhausted\"" },
        { "spending-limit", 429, "{\"code\":429,\"error\":\"" },
        { "credits-used", 403, "{\"code\":\"permission-denied\",\"error\":\"Your team" },
        { "no-credits", 403, "{\"code\":\"permission-denied\",\"error\":\"Your newly created team" },
        { "access-denied", 403, "{\"code\":\"permission-denied\",\"error\":\"Access to the chat" },
        { "content-policy", 403, "{\"code\":\"permission-denied\",\"error\":\"Content violates" },
        { "bad-credentials", 403, "{\"code\":\"unauthenticated:bad-credentials\"" },
        { "payment-required", 402, "{\"code\":\"payment-required\"" },
        { "server-error", 500, "{\"code\":\"The service is currently unavailable\"" },
        { "server-error; status=504", 504, "{\"code\":\"The service is currently unavailable\"" },
        { "unavailable", 503, "{\"code\":\"The service is currently unavailable\"" },
        { "html; status=522", 522, "<!DOCTYPE html>" },
        { "plain-text", 503, "Service temporarily unavailable." },
        { "nested", 503, "{\"error\":{\"message\":\"Service temporarily" },
        { "error-only", 503, "{\"error\":\"Service temporarily" },
        { "json-string", 503, "\"Service temporarily" },
        { "double-encoded", 503, "\"{\\\"code\\\"" },
        { "status; status=418; code=teapot; message=Short and stout; shape=error-only", 418, "{\"error\":\"Short and stout\"}" },
        { "unavailable; should-retry=false", 503, "{\"code\"" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Fault_header_produces_the_http_error_on_every_route(string fault, int status, string start)
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", fault);
        var reply = await api.CreateAsync(Whole);
        Assert.Equal(status, (int)reply.Status);
        Assert.StartsWith(start, reply.Body, StringComparison.Ordinal);
        Assert.Equal(fault.Contains("retry-after", StringComparison.Ordinal), reply.Message.Headers.RetryAfter is not null);
        Assert.Equal(fault.Contains("should-retry", StringComparison.Ordinal), reply.Message.Headers.Contains("x-should-retry"));
        Assert.Equal(status, (int)(await api.SendAsync(HttpMethod.Get, "/models")).Status);
    }

    [Theory]
    [InlineData("rate-limited", "and model grok-4.3. Your")]
    [InlineData("rate-limited; shape=plain-text", "and model grok-4.3. Your")]
    [InlineData("rate-limited; shape=array", "base model: grok-4.3. Please")]
    [InlineData("content-policy", "Model: grok-4.3, Failed")]
    [InlineData("rate-limited; message=Slow down, {model}.", "\"Slow down, {model}.\"")]
    public async Task Fault_names_the_model_of_the_request(string fault, string text)
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", fault);
        Assert.Contains(text, (await api.CreateAsync("""{"model":"grok-4.3","input":"Hello"}""")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("grok-4.6", (await api.SendAsync(HttpMethod.Get, "/models")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_with_a_page_encodes_the_model_of_the_request()
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", "rate-limited; shape=html");
        Assert.Contains("model &lt;b&gt;.", (await api.CreateAsync("""{"model":"<b>","input":"Hello"}""")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error-first", 1)]
    [InlineData("error-object", 1)]
    [InlineData("untyped-error; after=4", 5)]
    [InlineData("nested-error; after=0", 1)]
    [InlineData("end; after=3", 3)]
    public async Task Fault_header_ends_the_stream_after_the_requested_number_of_events(string fault, int events)
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", fault);
        Assert.Equal(events, (await api.StreamAsync(Streamed)).Count);
    }

    [Fact]
    public async Task Framing_faults_keep_the_event_types_of_the_stream()
    {
        await using var api = await Api.StartAsync();
        var plain = await api.StreamAsync(Streamed);
        foreach (var fault in (Fault[])[Fault.KeepAlives(), Fault.DataOnly(), Fault.UnknownEvents()])
        {
            api.Emulator.Faults.Enqueue(fault);
            using var response = await api.OpenStreamAsync(Streamed);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(fault == Fault.KeepAlives(), body.StartsWith(": keep-alive\n\n", StringComparison.Ordinal));
            Assert.Equal(fault == Fault.DataOnly(), !body.Contains("event: ", StringComparison.Ordinal));
            var events = StreamedEvent.Parse(body.Replace(": keep-alive\n\n", "", StringComparison.Ordinal)).Where(streamed => streamed.Type != "response.emulator.unheard_of");
            Assert.Equal(plain.Select(streamed => streamed.Type), events.Select(streamed => streamed.Type));
        }
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(Streamed)]
    public async Task Gzip_fault_with_content_type_compresses_and_relabels_the_response(string body)
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Faults.Enqueue(Fault.Gzip().WithContentType("text/plain"));
        using var response = await api.OpenStreamAsync(body);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.ToString());
        await using var unzipped = new GZipStream(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using var reader = new StreamReader(unzipped, Encoding.UTF8);
        Assert.Contains("\"status\":\"completed\"", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_header_applies_only_as_often_as_times_says()
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", "unavailable; times=2; id=mine");
        HttpStatusCode[] seen = [(await api.CreateAsync(Whole)).Status, (await api.CreateAsync(Whole)).Status, (await api.CreateAsync(Whole)).Status];
        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK], seen);
    }

    [Theory]
    [InlineData("rate-limit", "The fault 'rate-limit' does not exist. Use one of: status, rate-limited,")]
    [InlineData("rate-limited; soon=1", "The fault parameter 'soon' does not exist.")]
    [InlineData("cut; after=x", "The value 'x' of the fault parameter 'after' is not a whole number.")]
    [InlineData("html; status=200", "The fault 'html; status=200' is invalid:")]
    [InlineData("unavailable; shape=round", "The error shape 'round' does not exist.")]
    public async Task Invalid_fault_header_gets_a_400_with_an_explanation(string fault, string start)
    {
        await using var api = await Api.StartAsync();
        api.Http.DefaultRequestHeaders.Add("x-emulator-fault", fault);
        var reply = await api.CreateAsync(Whole);
        Assert.Equal((HttpStatusCode.BadRequest, "emulator-fault"), (reply.Status, reply.Code));
        Assert.StartsWith(start, reply.Error, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Fault.Parse(fault));
    }

    [Fact]
    public void Every_fault_name_can_be_parsed() =>
        Assert.All(FaultCatalog.Names, known => Assert.NotNull(Fault.Parse(known.Name)));
}
