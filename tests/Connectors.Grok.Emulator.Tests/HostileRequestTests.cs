using System.Net;
using System.Text;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Requests that would fill a memory or trip a reader.</summary>
public class HostileRequestTests
{
    [Theory]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1000000000}""")]
    [InlineData("""{"type":"string","minLength":2000000000}""")]
    [InlineData("""{"type":"array","minItems":200,"items":{"type":"array","minItems":200,"items":{"type":"array","minItems":200,"items":{"type":"array","minItems":200,"items":{"type":"integer"}}}}}""")]
    public async Task A_schema_cannot_make_an_answer_without_bounds(string schema)
    {
        var (status, text) = await Post("""{"model":"grok-4.7","input":"x","text":{"format":{"type":"json_schema","name":"s","schema":SCHEMA}}}""".Replace("SCHEMA", schema, StringComparison.Ordinal));
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, text);
        Assert.True(text.Length < 1_000_000);
    }

    [Theory]
    [InlineData("""{"model":"grok-4.7","input":"\ud800"}""")]
    [InlineData("""{"model":"grok-4.7","input":[{"role":"user","content":[{"type":"input_text","text":"\uDC00"}]}]}""")]
    public async Task Half_a_character_is_refused(string body)
    {
        var (status, text) = await Post(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("surrogate", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_character_in_escapes_is_read() =>
        Assert.Equal(HttpStatusCode.OK, (await Post("""{"model":"grok-4.7","input":"\ud83d\ude00"}""")).Status);

    [Theory]
    [InlineData("--api-key abc=def", true)]
    [InlineData("--api-key=abc=def", true)]
    [InlineData("--zdr=true", false)]
    [InlineData("--urls http://127.0.0.1:1/foo/bar", false)]
    [InlineData("--urls http://127.0.0.1:1/v1", true)]
    [InlineData("--frobnicate", false)]
    public void Arguments_are_read_as_they_are_meant(string line, bool isGood)
    {
        var e = Record.Exception(() => CommandLine.Read(line.Split(' ')));
        Assert.Equal(isGood, e is null);
        Assert.True(e is null or FormatException, e?.ToString());
    }

    private static async Task<(HttpStatusCode Status, string Text)> Post(string body)
    {
        await using var emulator = new GrokEmulator();
        using var client = new HttpClient(emulator.CreateHandler());
        using var response = await client.PostAsync(new Uri(emulator.BaseAddress + "/responses"), new StringContent(body, Encoding.UTF8, "application/json"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
