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
    public void Error_kind_follows_status_code_and_message_exactly(int? status, string? code, string? words, GrokErrorKind kind) =>
        Assert.Equal(kind, ErrorKinds.FromError(status, new ErrorBody(code, words)));

    [Theory]
    [InlineData(null, true)]
    [InlineData(408, false)]
    [InlineData(499, false)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [InlineData(502, true)]
    [InlineData(505, false)]
    [InlineData(524, true)]
    [InlineData(525, false)]
    [InlineData(526, false)]
    public void Status_that_no_retry_can_fix_is_not_transient(int? status, bool isTransient) =>
        Assert.Equal(isTransient, new GrokException(GrokErrorKind.Server, "Failed.") { Status = status }.IsTransient);
}
