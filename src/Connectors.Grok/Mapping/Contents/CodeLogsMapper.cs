using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>The logs of a code run: JSON with <c>stdout</c>, <c>stderr</c> and <c>exit_code</c>, or plain text.</summary>
internal static class CodeLogsMapper
{
    /// <summary>Reads the logs; null when they are not such JSON.</summary>
    public static GrokCodeLogs? Parse(string logs)
    {
        if (!logs.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(logs);
            var (output, error) = (Text(json.RootElement, "stdout"), Text(json.RootElement, "stderr"));
            var code = json.RootElement.TryGetProperty("exit_code", out var exit) && exit.ValueKind == JsonValueKind.Number && exit.TryGetInt32(out var number) ? number : (int?)null;
            return output is null && error is null && code is null ? null : new GrokCodeLogs(output, error, code);
        }
        catch (JsonException)
        {
            // A program may print text that begins like an object.
            return null;
        }
    }

    /// <summary>The output as text, and the errors of a run that failed as an error.</summary>
    public static IEnumerable<AIContent> ToContents(string text)
    {
        if (Parse(text) is not { } logs)
        {
            yield return new TextContent(text);
            yield break;
        }

        if (logs.StandardOutput is { Length: > 0 } output)
        {
            yield return new TextContent(output);
        }

        if (logs.ExitCode is not (null or 0))
        {
            yield return new ErrorContent(logs.StandardError) { ErrorCode = $"exit_code {logs.ExitCode}" };
        }
        else if (logs.StandardError is { Length: > 0 } error)
        {
            yield return new TextContent(error);
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
