using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class RefusedParameterTests
{
    [Theory]
    [InlineData("Argument not supported: temperature", "temperature")]
    [InlineData("Sorry. Argument not supported: 'temperature'.", "temperature")]
    [InlineData("Argument not supported: Temperature", "temperature")]
    [InlineData("Argument not supported: topP", "top_p")]
    [InlineData("Argument not supported: model", null)]
    [InlineData("Argument not supported: input", null)]
    [InlineData("Argument not supported: stream", null)]
    [InlineData("Argument not supported: store", null)]
    [InlineData("Argument not supported: previousResponseId", null)]
    [InlineData("Argument not supported: tools", null)]
    [InlineData("Argument not supported: ", null)]
    // Another phrase, one character shorter than the expected one.
    [InlineData("Argument is out of it: temperature", null)]
    [InlineData(null, null)]
    public void Refused_parameter_is_parsed_from_the_message(string? words, string? name) => Assert.Equal(name, Find(GrokErrorKind.InvalidRequest, words));

    [Fact]
    public void Refused_parameter_is_null_for_other_failures() => Assert.Null(Find(GrokErrorKind.Server, "Argument not supported: temperature"));

    private static string? Find(GrokErrorKind kind, string? words) => RefusedParameter.Find(
        new GrokException(kind, "It failed.") { ServiceMessage = words },
        new("""{"model":"m","input":[],"stream":true,"store":true,"previous_response_id":"r","tools":[],"temperature":1,"top_p":1}"""u8.ToArray()));
}
