using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

public class DoneEventTests
{
    private const string Place = "\"item_id\":\"msg_1\",\"output_index\":2,\"content_index\":1";

    [Theory]
    [InlineData("""{"type":"response.output_text.done","text":"Hi",PLACE}""", "Hi", null, null)]
    [InlineData("""{"type":"response.refusal.done","refusal":"No",PLACE}""", null, "No", null)]
    [InlineData("""{"type":"response.content_part.done","part":{"type":"output_text","text":"H"},PLACE}""", "H", null, null)]
    [InlineData("""{"type":"response.content_part.done","part":{"type":"refusal","refusal":"No"},PLACE}""", null, "No", null)]
    [InlineData("""{"type":"response.function_call_arguments.done","arguments":"{}",PLACE}""", null, null, "{}")]
    public void Finished_part_is_read(string json, string? text, string? refusal, string? arguments)
    {
        Assert.True(TryRead(json.Replace("PLACE", Place, StringComparison.Ordinal), out var done));
        Assert.Equal(("msg_1", 2, 1), (done.ItemId, done.OutputIndex, done.PartIndex));
        Assert.Equal((text, refusal), ((done.Part as OutputTextPart)?.Text, (done.Part as RefusalPart)?.Refusal));
        Assert.Equal(arguments, done.Arguments);
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.done","text":"Hi"}""")]
    [InlineData("""{"type":"response.output_text.done","text":"Hi","item_id":7,"output_index":"2","content_index":null}""")]
    [InlineData("""{"type":"response.output_text.done","text":"Hi","output_index":1.5,"content_index":12345678901}""")]
    public void Place_that_is_missing_or_odd_is_the_first(string json)
    {
        Assert.True(TryRead(json, out var done));
        Assert.Equal((null, 0, 0), (done.ItemId, done.OutputIndex, done.PartIndex));
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.done","text":""}""")]
    [InlineData("""{"type":"response.output_text.done","text":7}""")]
    [InlineData("""{"type":"response.output_text.done"}""")]
    [InlineData("""{"type":"response.content_part.done"}""")]
    [InlineData("""{"type":"response.content_part.done","part":"x"}""")]
    [InlineData("""{"type":"response.content_part.done","part":{"type":"output_text"}}""")]
    [InlineData("""{"type":"response.content_part.done","part":{"type":"image","text":"x"}}""")]
    [InlineData("""{"type":"response.output_text.annotation.added","text":"x"}""")]
    public void Event_that_says_nothing_is_none(string json)
    {
        Assert.False(TryRead(json, out var done));
        Assert.Equal(default, done);
    }

    private static bool TryRead(string json, out DoneEvent done) =>
        DoneEvent.TryRead(Assert.IsType<UnknownEvent>(JsonSerializer.Deserialize(json, WireJson.Context.ResponseEvent)), out done);
}
