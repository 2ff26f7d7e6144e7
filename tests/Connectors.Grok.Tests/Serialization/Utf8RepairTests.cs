using System.Text;
using System.Text.Json;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

public class Utf8RepairTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Theory]
    [InlineData("""{"a":"b"}""")]
    [InlineData("""{"a":"\ud83d\ude00\uD83D\uDE00 \u00e4\\ud800 \\\\ud800"}""")]
    [InlineData("""{"a":"\ue000 \ud7ff"}""")]
    [InlineData("""{"broken":"\ud8""")]
    [InlineData("""{"broken":"\udxyz \ud8""")]
    [InlineData("""\ud83d\ude00\""")]
    public void Valid_surrogates_are_left_unchanged(string json)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(json);
        // The same bytes, not equal ones: large answers are not copied.
        Assert.True(Utf8Repair.Repair(bytes) == bytes);
    }

    [Theory]
    [InlineData("""["\ud800"]""", """["\ufffd"]""")]
    [InlineData("""["\udc00\ud800"]""", """["\ufffd\ufffd"]""")]
    [InlineData("""["\ud800\ud83d\ude00\ud800x"]""", """["\ufffd\ud83d\ude00\ufffdx"]""")]
    [InlineData("""["\\\uDBFF\u0041"]""", """["\\\ufffd\u0041"]""")]
    [InlineData("""["\uD800\\"]""", """["\ufffd\\"]""")]
    public void Lone_surrogate_is_replaced_with_U_FFFD(string json, string repaired)
    {
        Assert.Equal(repaired, Repaired(Encoding.UTF8.GetBytes(json)));
        using var document = JsonDocument.Parse(repaired);
        Assert.Contains("\uFFFD", document.RootElement[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""\ud83d""")]
    [InlineData("""\uDE00""")]
    public void Half_at_the_beginning_is_replaced(string half) => Assert.Equal("""\ufffd""", Repaired(Encoding.UTF8.GetBytes(half)));

    [Fact]
    public void Invalid_UTF8_bytes_are_replaced_with_U_FFFD()
    {
        Assert.Equal("[\"a\uFFFDb\\ufffd\"]", Repaired([.. "[\"a"u8, 0xFF, .. "b\\udc00\"]"u8]));
        Assert.Equal("\uFFFD", Repaired([0xFF]));
    }

    private static string Repaired(byte[] json) => Strict.GetString(Utf8Repair.Repair(json));
}
