using System.Text;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

public class SurrogateJoinerTests
{
    private readonly SurrogateJoiner _joiner = new();

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","item_id":"m","output_index":1,"delta":"a\ud83d"}""", """{"type":"response.output_text.delta","item_id":"m","output_index":1,"delta":"a"}""")]
    // Members that the joiner does not know may come before, and hold members of the same names.
    [InlineData("""{"extra":{"delta":"x"},"type":"response.output_text.delta","delta":"a\ud83d"}""", """{"extra":{"delta":"x"},"type":"response.output_text.delta","delta":"a"}""")]
    [InlineData("""{"delta":"a\ud83d","extra":[{"type":"x"}],"type":"response.output_text.delta"}""", """{"delta":"a","extra":[{"type":"x"}],"type":"response.output_text.delta"}""")]
    public void Half_at_the_end_is_held_until_the_next_delta(string json, string shorter)
    {
        Assert.Equal(shorter, Join(json));
        Assert.True(_joiner.IsPending);
        Assert.Equal(json.Replace("a\\ud83d", "\\ud83d\\ude00b", StringComparison.Ordinal), Join(json.Replace("a\\ud83d", "\\ude00b", StringComparison.Ordinal)));
        Assert.False(_joiner.IsPending);
    }

    [Theory]
    // Whole characters, and escaped backslashes before letters that look like a half.
    [InlineData("""{"type":"response.output_text.delta","delta":"a\ud83d\ude00"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"\\ud83d"}""")]
    // A half that is not at the end, and one that begins nothing.
    [InlineData("""{"type":"response.output_text.delta","delta":"a\ud83db"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"a\ude00"}""")]
    // No delta.
    [InlineData("""{"type":"response.output_text.done","item_id":"x.delta","delta":"a\ud83d"}""")]
    [InlineData("""{"type":"response.output_text.done","text":"a\ud83d"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":{"text":"a\ud83d"}}""")]
    [InlineData("""{"delta":"a\ud83d"}""")]
    // Malformed JSON is reported where it is parsed.
    [InlineData("""{"type":"response.output_text.delta","delta":"a\ud83d",}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"a\ud83d" """)]
    public void Other_event_is_unchanged_and_nothing_is_held(string json)
    {
        Assert.Equal(json, Join(json));
        Assert.False(_joiner.IsPending);
    }

    private string Join(string json) => Encoding.UTF8.GetString(_joiner.Join(Encoding.UTF8.GetBytes(json)));
}
