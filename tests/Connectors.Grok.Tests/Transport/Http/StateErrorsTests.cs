using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Rejections that concern stored responses, recognised by their structure.</summary>
public class StateErrorsTests
{
    private const string Id = "resp_68af4030";
    private readonly StubHandler _handler = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, """{"error":{"message":"Previous response with id 'resp_68af4030' not found.","type":"invalid_request_error","param":"previous_response_id","code":"previous_response_not_found"}}""")]
    [InlineData(400, """{"error":{"message":"Nothing is there.","param":"previous_response_id"}}""")]
    [InlineData(404, """{"error":{"message":"No response found with id resp_68af4030","type":"not_found_error"}}""")]
    [InlineData(400, """{"code":"invalid-argument","error":"resp_68af4030 has expired"}""")]
    [InlineData(400, """{"error":{"message":"previous_response_id was not found"}}""")]
    [InlineData(404, """{"error":{"code":"previous_response_id_not_found","message":"It is gone.","param":"previous_response_id"}}""")]
    [InlineData(404, """{"error":{"code":"not_found","message":"It is gone."}}""")]
    [InlineData(404, """[{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}]""")]
    [InlineData(404, """{"error":{"message":"The response is not there."}}""")]
    public async Task Unknown_id_is_recognised_by_status_member_and_words(int status, string body)
    {
        using var client = Some.Client(_handler.Json(body, status));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Id }));
        Assert.Equal((GrokErrorKind.UnknownResponse, false), (e.Kind, e.RefusesState));
    }

    [Theory]
    [InlineData(404, """{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}""", GrokErrorKind.UnknownModel)]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"Not there."}}""", GrokErrorKind.UnknownModel)]
    [InlineData(404, """{"error":{"message":"Invalid URL (POST /v1/responses)"}}""", GrokErrorKind.InvalidRequest)]
    [InlineData(404, """{"error":{"code":"404","message":"Resource not found"}}""", GrokErrorKind.InvalidRequest)]
    [InlineData(404, "Response not found", GrokErrorKind.InvalidRequest)]
    [InlineData(404, "<html>resp_68af4030 not found</html>", GrokErrorKind.InvalidRequest)]
    [InlineData(400, """{"error":{"message":"The response_format is unknown."}}""", GrokErrorKind.InvalidRequest)]
    [InlineData(401, """{"error":{"message":"No response for resp_68af4030: not found."}}""", GrokErrorKind.Authentication)]
    [InlineData(400, """{"error":{"message":"","param":"previous_response_id"}}""", GrokErrorKind.InvalidRequest)]
    public async Task Other_rejection_of_a_continuation_is_not_an_unknown_id(int status, string body, GrokErrorKind kind)
    {
        using var client = Some.Client(_handler.Json(body, status));
        Assert.Equal(kind, (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Id }))).Kind);
    }

    [Fact]
    public async Task Rejection_of_a_first_request_names_no_unknown_id()
    {
        using var client = Some.Client(_handler.Json("""{"error":{"code":"not_found","message":"It is gone."}}""", 404));
        Assert.Equal(GrokErrorKind.InvalidRequest, (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).Kind);
    }

    [Theory]
    [InlineData(404, """{"error":{"message":"Response with id 'resp_68af4030' not found."}}""", true)]
    [InlineData(404, """{"error":{"message":"No response found."}}""", true)]
    [InlineData(400, """{"error":{"message":"resp_68af4030 does not exist."}}""", true)]
    [InlineData(404, """{"detail":"Not Found"}""", false)]
    [InlineData(404, """{"error":{"message":"Invalid URL (DELETE /v1/responses/resp_68af4030): not found"}}""", false)]
    [InlineData(404, """{"error":{"message":"The route of the response was not found"}}""", false)]
    [InlineData(404, """{"error":{"code":"404","message":"Resource not found"}}""", false)]
    [InlineData(404, """[{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}]""", false)]
    [InlineData(404, "<html><body>The response was not found</body></html>", false)]
    [InlineData(404, "no response found", false)]
    [InlineData(404, "", false)]
    public async Task Missing_route_is_not_a_response_that_is_gone(int status, string body, bool isGone)
    {
        using var client = Some.Client(_handler.Json(body, status).Json(body, status).Json(body, status));
        var responses = client.GetService<GrokResponsesClient>()!;
        Task[] calls = [responses.DeleteAsync(Id, Now), responses.GetAsync(Id, Now), responses.ListInputItemsAsync(Id, cancellationToken: Now).ToListAsync()];
        foreach (var call in calls)
        {
            Assert.Equal(isGone, (await Assert.ThrowsAsync<GrokException>(() => call)).Kind == GrokErrorKind.UnknownResponse);
        }
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"previous_response_id is not supported."}}""", GrokErrorKind.UnknownResponse)]
    [InlineData(400, """{"error":{"message":"It must be null.","param":"previous_response_id"}}""", GrokErrorKind.UnknownResponse)]
    [InlineData(400, """{"error":{"message":"No.","param":"previous_response_id","code":"unsupported_parameter"}}""", GrokErrorKind.UnknownResponse)]
    [InlineData(400, """{"error":{"message":"Storing is not allowed.","param":"store"}}""", GrokErrorKind.InvalidRequest)]
    [InlineData(400, """{"error":{"message":"`store` is not supported here."}}""", GrokErrorKind.InvalidRequest)]
    [InlineData(403, """{"error":{"message":"store: true is not permitted"}}""", GrokErrorKind.Permission)]
    [InlineData(400, """[{"error":{"code":400,"message":"Organization Policy constraint constraints/vertexai.allowedPartnerModelFeatures violated for projects/p attempting to use a disallowed feature","status":"FAILED_PRECONDITION"}}]""", GrokErrorKind.InvalidRequest)]
    [InlineData(403, """{"error":{"message":"The feature stateful_responses_api is off."}}""", GrokErrorKind.Permission)]
    [InlineData(400, """{"error":"Previous response cannot be used for this organization due to Zero Data Retention"}""", GrokErrorKind.UnknownResponse)]
    public async Task Host_that_stores_nothing_is_recognised(int status, string body, GrokErrorKind kind)
    {
        using var client = Some.Client(_handler.Json(body, status));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Id }));
        Assert.Equal((kind, true), (e.Kind, e.RefusesState));
        Assert.True(e.With("more", null).RefusesState);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Vector store search is not supported."}}""")]
    [InlineData(400, """{"error":{"message":"Unsupported value.","param":"input"}}""")]
    [InlineData(400, """{"code":"400","error":"Argument not supported: instructions and previous_response_id together"}""")]
    [InlineData(400, """{"error":{"message":"'store' set to false is not supported with previous_response_id."}}""")]
    [InlineData(500, """{"error":{"message":"previous_response_id is not supported."}}""")]
    public async Task Other_refusals_say_nothing_about_state(int status, string body)
    {
        using var client = Some.Client(_handler.Json(body, status));
        Assert.False((await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Id }))).RefusesState);
    }

    [Theory]
    [InlineData("""{"type":"error","code":"previous_response_id_unknown","message":"No such id: resp_68af4030","param":"previous_response_id"}""")]
    [InlineData("""{"type":"response.failed","response":{"id":"resp_2","status":"failed","error":{"code":"invalid","message":"resp_68af4030 was not found"}}}""")]
    [InlineData("""{"type":"response.completed","response":{"id":"resp_2","status":"failed","error":{"code":"invalid","message":"resp_68af4030 was not found"}}}""")]
    public async Task Unknown_id_is_recognised_inside_a_stream(string frame)
    {
        using var client = Some.Client(_handler.Sse(frame).Sse(frame));
        foreach (var isStreamed in (bool[])[false, true])
        {
            Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => client.Ask(isStreamed, [new(ChatRole.User, "q")], new() { ConversationId = Id }))).Kind);
        }
    }

    [Theory]
    [InlineData("""{"id":"resp_2","status":"failed","error":{"code":"invalid","message":"resp_68af4030 was not found"}}""")]
    public async Task Unknown_id_is_recognised_in_a_response_with_a_successful_status(string body)
    {
        using var whole = Some.Client(_handler.Json(body), static o => o.AlwaysStream = false);
        Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => whole.GetResponseAsync("q", new() { ConversationId = Id }))).Kind);
        using var client = Some.Client(_handler.Json(body).Stream(() => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body))));
        Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Id }))).Kind);
        Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Id }))).Kind);
    }
}
