using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>A long text that is written in pieces has the same bytes as one that is written at once.</summary>
public class LongTextTests
{
    [Theory]
    [InlineData("😀")]
    [InlineData("\uD83D")]
    [InlineData("\uDE00")]
    [InlineData("\uD83D\uD83D")]
    [InlineData("\uDE00\uD83D")]
    [InlineData("\"\u0001é")]
    public void Characters_at_the_end_of_a_piece_are_not_changed(string characters)
    {
        for (var before = 8188; before < 8195; before++)
        {
            foreach (var after in new[] { 0, 1, 8191, 8192, 20_000 })
            {
                var text = new string('a', before) + characters + new string('b', after);
                Assert.Equal(Written(writer => writer.WriteString("t"u8, text)), Written(writer => LongText.Write(writer, "t"u8, text)));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6143)]
    [InlineData(6144)]
    [InlineData(6145)]
    [InlineData(12_288)]
    [InlineData(100_001)]
    public void Data_URI_is_that_of_the_data(int length)
    {
        var data = Enumerable.Range(0, length).Select(static n => (byte)(n * 31)).ToArray();
        Assert.Equal($$"""{"uri":"data:image/png;base64,{{Convert.ToBase64String(data)}}"}""", Written(writer => LongText.Write(writer, "uri"u8, new InlineData("image/png", data))));
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Context.Options.Encoder }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
