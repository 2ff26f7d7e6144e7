using System.Net;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>The exact messages of exceptions, and how much of an error body is read.</summary>
public class ErrorMessageTests
{
    private const int MostBytes = 16 * 1024;

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(null, null, null, null, "The service gave no reason.")]
    [InlineData(null, null, "", null, "The service gave no reason.")]
    [InlineData(429, "busy", "Too many.", null, "Too many. (HTTP 429, busy)")]
    [InlineData(429, null, "Too many.", null, "Too many. (HTTP 429)")]
    [InlineData(null, "busy", "Too many.", null, "Too many. (busy)")]
    [InlineData(429, "busy", "Too many.", "req-1", "Too many. (HTTP 429, busy) [request req-1]")]
    public void Error_message_includes_known_status_code_and_request_id(int? status, string? code, string? words, string? request, string message) =>
        Assert.Equal(message, ErrorReader.FromAnswer(new ErrorBody(code, words, status), new ResponseHeaders(request, false), Some.Settings()).Message);

    [Theory]
    [InlineData("one\n\ttwo", "one\n\ttwo")]
    [InlineData("one\r\ntwo", "one\ntwo")]
    [InlineData("\u001b[2Jgone\rall\u0007 well\u009b", "\uFFFD[2Jgone\uFFFDall\uFFFD well\uFFFD")]
    public void Control_characters_of_an_error_are_replaced_with_U_FFFD(string words, string shown)
    {
        var e = ErrorReader.FromAnswer(new ErrorBody(words, words), new ResponseHeaders(null, false), Some.Settings());
        Assert.Equal((shown, shown, $"{shown} ({shown})"), (e.ServiceMessage, e.Code, e.Message));
    }

    [Fact]
    public void Long_service_message_is_truncated_to_1000_characters()
    {
        static string? Words(string words) => ErrorReader.FromAnswer(new ErrorBody(null, words), new ResponseHeaders(null, false), Some.Settings()).ServiceMessage;
        Assert.Equal(new string('x', 1000), Words(new string('x', 1000)));
        Assert.Equal(new string('x', 1000) + "…", Words(new string('x', 1001)));
    }

    [Theory]
    [InlineData("text/html", "Bad gateway")]
    [InlineData("TEXT/HTML", "Bad gateway")]
    [InlineData("text/plain", "  <html></html>")]
    public async Task HTML_page_is_not_the_service_message(string type, string body)
    {
        using var response = Response(new StringContent(body, null, type), HttpStatusCode.BadGateway);
        var e = await ErrorReader.ReadAsync(response, Some.Settings(), default);
        Assert.Equal($"The answer is not the API's ({type}). Does https://api.example really speak xAI's API? (HTTP 502)", e.Message);
        Assert.Equal((null, body), (e.ServiceMessage, e.Body));
    }

    [Fact]
    public void Response_without_a_content_type_is_reported_as_not_the_API()
    {
        using var response = new HttpResponseMessage();
        Assert.Equal("The answer is not the API's (no content type). Does the endpoint really speak xAI's API?", ErrorReader.NotTheApi(response, Some.Settings()).Message);
    }

    [Fact]
    public void Unreadable_JSON_is_reported_with_its_path()
    {
        using var response = Response(new StringContent("{"), HttpStatusCode.OK);
        var cause = new JsonException("odd", "$.output", 1, 2);
        var e = ErrorReader.NotTheApi(response, Some.Settings(), cause);
        Assert.Equal("The answer cannot be read as the API's (at $.output): it was cut off, is nested more than 64 deep, or https://api.example does not speak xAI's API.", e.Message);
        Assert.Same(cause, e.InnerException);
    }

    [Fact]
    public async Task One_should_retry_false_header_makes_an_error_permanent()
    {
        using var response = Response(new StringContent(""), HttpStatusCode.ServiceUnavailable);
        response.Headers.Add("x-should-retry", ["true", "False"]);
        Assert.False((await ErrorReader.ReadAsync(response, Some.Settings(), default)).IsTransient);
    }

    [Fact]
    public async Task Error_body_is_not_read_past_the_kept_size()
    {
        var stream = new GatedStream(new byte[MostBytes + 1]);
        using var response = Response(new GatedContent(stream));
        Assert.Equal(MostBytes, (await ErrorReader.ReadAsync(response, Some.Settings(), default)).Body!.Length);
        Assert.Equal(MostBytes, Assert.Single(stream.Buffers).Length);
    }

    [Fact]
    public async Task Error_body_received_before_the_connection_broke_is_kept()
    {
        using var response = Response(new StreamContent(new DripStream("down"u8.ToArray(), 2, DripEnd.Breaks)));
        Assert.Equal("down (HTTP 503)", (await ErrorReader.ReadAsync(response, Some.Settings(), default)).Message);
    }

    [Fact]
    public async Task Error_body_received_within_ten_seconds_is_kept()
    {
        using var response = Response(new StreamContent(new DripStream("down"u8.ToArray(), 2, DripEnd.Stalls)));
        var reading = ErrorReader.ReadAsync(response, Some.Settings(o => o.TimeProvider = _time), default);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("down (HTTP 503)", (await reading).Message);
    }

    [Fact]
    public async Task Cancellation_while_reading_an_error_body_throws_OperationCanceledException()
    {
        using var response = Response(new StreamContent(new DripStream("down"u8.ToArray(), 2, DripEnd.Stalls)));
        using var cancel = new CancellationTokenSource();
        var reading = ErrorReader.ReadAsync(response, Some.Settings(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static HttpResponseMessage Response(HttpContent content, HttpStatusCode status = HttpStatusCode.ServiceUnavailable) =>
        new(status) { Content = content, RequestMessage = new HttpRequestMessage(HttpMethod.Get, "https://api.example/v1/models") };
}
