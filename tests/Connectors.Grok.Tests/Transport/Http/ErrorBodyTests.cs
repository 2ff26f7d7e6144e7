using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class ErrorBodyTests
{
    [Theory]
    [InlineData("""{"code":"c","error":"m"}""", "c", "m", null)]
    [InlineData("""{"code":"c","message":"m"}""", "c", "m", null)]
    [InlineData("""{"code":7,"message":"m"}""", "7", "m", null)]
    [InlineData("""{"code":{"a":1},"message":"m"}""", null, "m", null)]
    [InlineData("""{"detail":"d"}""", null, "d", null)]
    [InlineData("""{"message":"m","detail":"d"}""", null, "m", null)]
    [InlineData("""{"error_type":"t","message":"m"}""", "t", "m", null)]
    [InlineData("""{"code":"c","error_type":"t","message":"m"}""", "c", "m", null)]
    [InlineData("""{"error":5,"message":"m"}""", null, "m", null)]
    [InlineData("""{"error":null,"message":"m"}""", null, "m", null)]
    [InlineData("""{"code":"out","error":{"code":"in","message":"m"}}""", "in", "m", null)]
    [InlineData("""{"code":"out","error":{"message":"m"}}""", "out", "m", null)]
    [InlineData("""{"status":500,"error":{"status":429,"message":"m"}}""", null, "m", 429)]
    [InlineData("""{"status":500,"error":{"message":"m"}}""", null, "m", 500)]
    [InlineData("""{"error":{"status":429,"message":"m"}}""", null, "m", 429)]
    [InlineData("""{"status":"500","error":"m"}""", null, "m", null)]
    [InlineData("""{"status":500.5,"message":"m"}""", null, "m", null)]
    [InlineData("""{"error":{"error":{"error":{"error":{"code":"c","message":"m"}}}}}""", "c", "m", null)]
    [InlineData("""{"error":"{\"code\":\"c\",\"error\":\"m\"}"}""", "c", "m", null)]
    [InlineData("\"true\"", null, "true", null)]
    [InlineData("\"  {\\\"error\\\":\\\"m\\\"}\"", null, "m", null)]
    [InlineData(" plain words ", null, "plain words", null)]
    [InlineData("""{"error":"invalid_token","error_description":"It has expired."}""", "invalid_token", "It has expired.", null)]
    [InlineData("""{"code":"out","error":{"code":"in","message":"m"},"error_description":"It has expired."}""", "in", "It has expired.", null)]
    [InlineData("""{"code":"c","status":401,"error":"invalid_token","error_description":"It has expired."}""", "c", "It has expired.", 401)]
    [InlineData("""{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required","input":"secret"},{"loc":["body",0],"msg":"Wrong"}]}""", null, "body.model: Field required; body.0: Wrong", null)]
    [InlineData("""{"detail":[{"msg":"a"},{"loc":"b","msg":"b"},"c",5,null,{"loc":["d"]}]}""", null, "a; b; c", null)]
    [InlineData("""{"errors":[{"message":"a"},{"message":"b"}]}""", null, "a; b", null)]
    [InlineData("""{"detail":[],"errors":["a"]}""", null, "a", null)]
    [InlineData("""{"message":"m","errors":["a"]}""", null, "m", null)]
    [InlineData("""{"errors":["a"],"detail":["d"]}""", null, "d", null)]
    [InlineData("""{"errors":[{"message":"a","msg":"b"}]}""", null, "b", null)]
    [InlineData("""{"detail":{"a":1},"errors":"b"}""", null, null, null)]
    public void Error_body_of_every_shape_is_parsed(string body, string? code, string? message, int? status) =>
        Assert.Equal(new ErrorBody(code, message, status), ErrorBody.Parse(body));

    [Theory]
    [InlineData(3, "m")]
    [InlineData(4, """{"error":"m"}""")]
    public void Error_body_unwraps_JSON_strings_three_times_at_most(int layers, string message)
    {
        var body = """{"error":"m"}""";
        for (var layer = 0; layer < layers; layer++)
        {
            body = JsonValue.Create(body).ToJsonString();
        }

        Assert.Equal(new ErrorBody(null, message), ErrorBody.Parse(body));
    }

    [Theory]
    [InlineData("""{"status":"failed"}""", null, "The response failed.")]
    [InlineData("""{"status":"failed","code":"c"}""", "c", "The response failed.")]
    [InlineData("""{"status":"failed","code":"out","error":{"code":"in","message":"m"}}""", "in", "m")]
    [InlineData("""{"error":{"code":"c","message":"m"},"output":[]}""", "c", "m")]
    [InlineData("""{"error":{"code":"c","message":"m"}}""", "c", "m")]
    public void Failed_response_gives_its_error(string response, string? code, string message) =>
        Assert.Equal(new ErrorBody(code, message), Read(response));

    [Fact]
    public void Response_with_output_has_no_error() =>
        Assert.Null(Read($$"""{"status":"completed","error":{"code":"c","message":"m"},"output":[{{Some.Message("hi")}}]}"""));

    private static ErrorBody? Read(string response) => ErrorBody.FromResponse(JsonSerializer.Deserialize(response, WireJson.Context.GrokResponse)!);
}
