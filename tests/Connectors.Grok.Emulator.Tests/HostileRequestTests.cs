using System.Net;
using System.Text;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Requests with unbounded schemas or invalid text, and invalid command lines.</summary>
public class HostileRequestTests
{
    [Theory]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1000000000}""")]
    [InlineData("""{"type":"string","minLength":2000000000}""")]
    [InlineData("""{"type":"array","minItems":200,"items":{"type":"array","minItems":200,"items":{"type":"array","minItems":200,"items":{"type":"array","minItems":200,"items":{"type":"integer"}}}}}""")]
    public async Task Schema_with_huge_minimums_gets_a_bounded_answer(string schema)
    {
        var (status, text) = await Post("""{"model":"grok-4.7","input":"x","text":{"format":{"type":"json_schema","name":"s","schema":SCHEMA}}}""".Replace("SCHEMA", schema, StringComparison.Ordinal));
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, text);
        Assert.True(text.Length < 1_000_000);
    }

    [Theory]
    [InlineData("""{"model":"grok-4.7","input":"\ud800"}""")]
    [InlineData("""{"model":"grok-4.7","input":[{"role":"user","content":[{"type":"input_text","text":"\uDC00"}]}]}""")]
    public async Task Lone_surrogate_in_the_body_is_rejected(string body)
    {
        var (status, text) = await Post(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("surrogate", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escaped_surrogate_pair_in_the_body_is_accepted() =>
        Assert.Equal(HttpStatusCode.OK, (await Post("""{"model":"grok-4.7","input":"\ud83d\ude00"}""")).Status);

    [Theory]
    [InlineData("--api-key abc=def", true)]
    [InlineData("--api-key=abc=def", true)]
    [InlineData("--zdr=true", false)]
    [InlineData("--urls http://127.0.0.1:1/foo/bar", false)]
    [InlineData("--urls http://127.0.0.1:1/v1", true)]
    [InlineData("--frobnicate", false)]
    public void Command_line_accepts_valid_arguments_and_rejects_invalid_ones_with_FormatException(string line, bool isValid)
    {
        var exception = Record.Exception(() => CommandLine.Read(line.Split(' ')));
        Assert.Equal(isValid, exception is null);
        Assert.True(exception is null or FormatException, exception?.ToString());
    }

    private static async Task<(HttpStatusCode Status, string Text)> Post(string body)
    {
        await using var emulator = new GrokEmulator();
        using var client = new HttpClient(emulator.CreateHandler());
        using var response = await client.PostAsync(new Uri(emulator.BaseAddress + "/responses"), new StringContent(body, Encoding.UTF8, "application/json"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
