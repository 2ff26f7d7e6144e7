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
    public void Valid_surrogates_are_left_unchanged(string json) => Assert.Equal(json, Repaired(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""["\ud800"]""", """["\ufffd"]""")]
    [InlineData("""["\udc00\ud800"]""", """["\ufffd\ufffd"]""")]
    [InlineData("""["\ud800\ud83d\ude00\ud800x"]""", """["\ufffd\ud83d\ude00\ufffdx"]""")]
    [InlineData("""["\\\uDBFF\u0041"]""", """["\\\ufffd\u0041"]""")]
    public void Lone_surrogate_is_replaced_with_U_FFFD(string json, string repaired)
    {
        Assert.Equal(repaired, Repaired(Encoding.UTF8.GetBytes(json)));
        using var document = JsonDocument.Parse(repaired);
        Assert.Contains("\uFFFD", document.RootElement[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_bytes_are_replaced_with_U_FFFD() => Assert.Equal("[\"a\uFFFDb\\ufffd\"]", Repaired([.. "[\"a"u8, 0xFF, .. "b\\udc00\"]"u8]));

    private static string Repaired(byte[] json) => Encoding.UTF8.GetString(Utf8Repair.Repair(json));
}
