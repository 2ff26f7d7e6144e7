using System.Text.Json.Serialization;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Structured output.</summary>
public class StructuredOutputTests : PipelineTest
{
    [JsonConverter(typeof(JsonStringEnumConverter<Sky>))]
    public enum Sky
    {
        Sun,
        Rain,
    }

    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task Structured_answer_is_deserialized(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply("""{"name":"Oslo","days":[{"sky":"Rain","degrees":null},{"sky":"Sun","degrees":18}]}""");
        var options = new ChatOptions { ConversationId = HasOwnId(arrangement) ? Ticket : null, ResponseFormat = ChatResponseFormat.ForJsonSchema<City>() };
        var client = Build(arrangement);
        var city = isStreamed
            ? new ChatResponse<City>(await client.GetStreamingResponseAsync("The weather in Oslo?", options, Now).ToChatResponseAsync(Now), AIJsonUtilities.DefaultOptions).Result
            : (await client.GetResponseAsync<City>("The weather in Oslo?", options, cancellationToken: Now)).Result;
        Assert.Equal(("Oslo", new Day(Sky.Rain, null), new Day(Sky.Sun, 18)), (city.Name, city.Days[0], city.Days[1]));
        var format = Emulator.Requests[0].Json!.Value.GetProperty("text").GetProperty("format");
        Assert.Equal("json_schema", format.GetProperty("type").GetString());
        Assert.Equal("object", format.GetProperty("schema").GetProperty("type").GetString());
    }

    public sealed record Day(Sky Sky, int? Degrees);

    public sealed record City(string Name, IReadOnlyList<Day> Days);
}
