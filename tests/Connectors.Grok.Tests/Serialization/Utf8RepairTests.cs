using System.Text;
using System.Text.Json;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

public class Utf8RepairTests
{
    [Theory]
    [InlineData("""{"a":"b"}""")]
    [InlineData("""{"a":"\ud83d\ude00\uD83D\uDE00 \u00e4\\ud800 \\\\ud800"}""")]
    [InlineData("""{"a":"\ue000 \ud7ff"}""")]
    [InlineData("""{"broken":"\ud8""")]
    [InlineData("""{"broken":"\udxyz \ud8""")]
    [InlineData("""\ud83d\ude00\""")]
    public void What_is_sound_stays_as_it_is(string json) => Assert.Equal(json, Sound(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""["\ud800"]""", """["\ufffd"]""")]
    [InlineData("""["\udc00\ud800"]""", """["\ufffd\ufffd"]""")]
    [InlineData("""["\ud800\ud83d\ude00\ud800x"]""", """["\ufffd\ud83d\ude00\ufffdx"]""")]
    [InlineData("""["\\\uDBFF\u0041"]""", """["\\\ufffd\u0041"]""")]
    public void Half_a_pair_becomes_the_letter_for_what_is_no_letter(string json, string sound)
    {
        Assert.Equal(sound, Sound(Encoding.UTF8.GetBytes(json)));
        using var document = JsonDocument.Parse(sound);
        Assert.Contains("\uFFFD", document.RootElement[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_become_it_too() => Assert.Equal("[\"a\uFFFDb\\ufffd\"]", Sound([.. "[\"a"u8, 0xFF, .. "b\\udc00\"]"u8]));

    private static string Sound(byte[] json) => Encoding.UTF8.GetString(Utf8Repair.Repair(json));
}
