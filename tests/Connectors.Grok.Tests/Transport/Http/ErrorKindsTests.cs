using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class ErrorKindsTests
{
    [Theory]
    [InlineData(400, "usage-info", "Odd.", GrokErrorKind.InvalidRequest)]
    [InlineData(400, "previous_response_not_found", "Odd.", GrokErrorKind.UnknownResponse)]
    [InlineData(404, null, "Response with id=abc is odd.", GrokErrorKind.InvalidRequest)]
    [InlineData(404, null, "Widget not found.", GrokErrorKind.InvalidRequest)]
    [InlineData(400, null, "The model is busy.", GrokErrorKind.InvalidRequest)]
    [InlineData(404, null, "The model grok-9 was not found.", GrokErrorKind.UnknownModel)]
    [InlineData(404, null, "The model grok-9 does not exist.", GrokErrorKind.UnknownModel)]
    [InlineData(404, null, "The model grok-2 was deprecated.", GrokErrorKind.UnknownModel)]
    [InlineData(404, null, "The tool does not exist.", GrokErrorKind.InvalidRequest)]
    [InlineData(null, null, null, GrokErrorKind.Server)]
    [InlineData(null, "429", null, GrokErrorKind.RateLimit)]
    [InlineData(null, "400", null, GrokErrorKind.InvalidRequest)]
    [InlineData(null, "500", null, GrokErrorKind.Server)]
    [InlineData(400, null, null, GrokErrorKind.InvalidRequest)]
    // A quota that is used up, wherever it is said.
    [InlineData(429, "insufficient_quota", "Odd.", GrokErrorKind.Quota)]
    [InlineData(429, null, "You exceeded your current quota, please check your plan and billing details.", GrokErrorKind.Quota)]
    [InlineData(null, "insufficient_quota", null, GrokErrorKind.Quota)]
    [InlineData(403, null, "insufficient_quota: top up.", GrokErrorKind.Quota)]
    // Too many requests, whatever the status.
    [InlineData(null, "too_many_requests", "Odd.", GrokErrorKind.RateLimit)]
    [InlineData(400, "too_many_requests", "Odd.", GrokErrorKind.RateLimit)]
    [InlineData(500, "rate_limit_exceeded", "Odd.", GrokErrorKind.RateLimit)]
    [InlineData(null, null, "Too many requests, slow down.", GrokErrorKind.RateLimit)]
    [InlineData(429, "resource-exhausted", "The model is currently at capacity due to high demand. Please wait.", GrokErrorKind.RateLimit)]
    [InlineData(null, "resource-exhausted", "The model is currently at capacity due to high demand. Please wait.", GrokErrorKind.RateLimit)]
    [InlineData(null, null, "The model is currently at capacity due to high demand. Please wait.", GrokErrorKind.RateLimit)]
    // The service rejects the arguments under several statuses.
    [InlineData(null, null, "Invalid arguments passed to the model.", GrokErrorKind.InvalidRequest)]
    [InlineData(500, "server_error", "Invalid arguments passed to the model.", GrokErrorKind.InvalidRequest)]
    [InlineData(422, null, "Invalid arguments passed to the model.", GrokErrorKind.InvalidRequest)]
    // Overload of the service.
    [InlineData(529, "529", "overloaded", GrokErrorKind.Overload)]
    [InlineData(null, "529", "overloaded", GrokErrorKind.Overload)]
    [InlineData(null, "server_error", "The model is overloaded.", GrokErrorKind.Overload)]
    [InlineData(400, null, "The function is overloaded.", GrokErrorKind.InvalidRequest)]
    [InlineData(503, "503", "Service temporarily unavailable", GrokErrorKind.Server)]
    public void Error_kind_follows_status_code_and_message_exactly(int? status, string? code, string? words, GrokErrorKind kind) =>
        Assert.Equal(kind, ErrorKinds.FromError(status, new ErrorBody(code, words)));

    [Theory]
    [InlineData(null, true)]
    [InlineData(408, false)]
    [InlineData(499, false)]
    [InlineData(500, false)]
    [InlineData(501, false)]
    [InlineData(502, false)]
    [InlineData(503, true)]
    [InlineData(505, false)]
    [InlineData(524, false)]
    [InlineData(525, false)]
    [InlineData(526, false)]
    [InlineData(529, true)]
    public void Status_after_which_the_model_may_have_finished_is_not_transient(int? status, bool isTransient) =>
        Assert.Equal(isTransient, new GrokException(GrokErrorKind.Server, "Failed.") { Status = status }.IsTransient);
}
