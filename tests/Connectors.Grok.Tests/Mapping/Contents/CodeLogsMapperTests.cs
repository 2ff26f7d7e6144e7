using System.Text.Json;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

/// <summary>Logs of a code run are JSON with three members, or plain text.</summary>
public class CodeLogsMapperTests
{
    [Theory]
    [InlineData("""{"stdout":"1\n","stderr":"","exit_code":0}""", "1\n", "", 0)]
    [InlineData(""" {"exit_code":137}""", null, null, 137)]
    [InlineData("""{"stdout":"a","stderr":null,"exit_code":"0"}""", "a", null, null)]
    public void Logs_that_are_JSON_are_parsed(string logs, string? output, string? error, int? code) => Assert.Equal(new GrokCodeLogs(output, error, code), CodeLogsMapper.Parse(logs));

    [Theory]
    [InlineData("1\n")]
    [InlineData("")]
    [InlineData("{'a': 1}")]
    [InlineData("""{"a":1}""")]
    [InlineData("""[{"stdout":"1"}]""")]
    public void Other_logs_are_plain_text(string logs)
    {
        Assert.Null(CodeLogsMapper.Parse(logs));
        Assert.Equal([$"text {logs}"], Contents(logs));
    }

    [Theory]
    [InlineData("""{"stdout":"1","stderr":"warning","exit_code":0}""", "text 1|text warning")]
    [InlineData("""{"stdout":"1","stderr":"warning"}""", "text 1|text warning")]
    [InlineData("""{"stdout":"1","stderr":"boom","exit_code":1}""", "text 1|error boom exit_code 1")]
    [InlineData("""{"stdout":"","stderr":"","exit_code":0}""", "")]
    [InlineData("""{"exit_code":137}""", "error  exit_code 137")]
    public void Logs_become_text_and_those_of_a_failed_run_an_error(string logs, string contents) => Assert.Equal(contents, string.Join('|', Contents(logs)));

    [Fact]
    public void Code_logs_are_read_from_a_result_and_from_its_JSON()
    {
        var item = new CodeInterpreterCallItem("code_interpreter_call")
        {
            Id = "i",
            Outputs = [new() { Type = "logs", Logs = """{"stdout":"1","exit_code":0}""" }, new() { Type = "image", Url = "https://x.ai/i.png" }, new() { Type = "logs", Logs = "plain" }],
        };
        var result = (CodeInterpreterToolResultContent)HostedMapper.ToContents(item).Last();
        var type = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(AIContent));
        var kept = (CodeInterpreterToolResultContent)JsonSerializer.Deserialize(JsonSerializer.Serialize<AIContent>(result, AIJsonUtilities.DefaultOptions), type)!;
        Assert.All([result, kept], static r => Assert.Equal([new("1", null, 0), new("plain", null, null)], r.GetCodeLogs()));
        Assert.Empty(new CodeInterpreterToolResultContent("c").GetCodeLogs());
        Assert.Equal(nameof(GrokCodeLogs), result.GetCodeLogs()[0].ToString());
        Assert.Throws<ArgumentNullException>("result", () => GrokContentExtensions.GetCodeLogs(null!));
    }

    private static IEnumerable<string> Contents(string logs) =>
        CodeLogsMapper.ToContents(logs).Select(static c => c is ErrorContent e ? $"error {e.Message} {e.ErrorCode}" : $"text {((TextContent)c).Text}");
}
