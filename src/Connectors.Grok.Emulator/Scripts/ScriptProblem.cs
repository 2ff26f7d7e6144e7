using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>Describes where and why a script file is not valid JSON.</summary>
internal static class ScriptProblem
{
    private const int MaxDepth = 64;

    /// <summary>Returns a message with the file, the line, and what is wrong there.</summary>
    /// <param name="file">The name of the file.</param>
    /// <param name="json">The content of the file, without a byte order mark.</param>
    /// <param name="invalid">The failure of the parser.</param>
    /// <param name="depth">The number of objects and arrays around the failure.</param>
    public static string Describe(string file, ReadOnlySpan<byte> json, JsonException invalid, int depth)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            return $"{file}: The file is empty. A script is a JSON object with \"replies\" or \"rules\".";
        }

        var line = (int)(invalid.LineNumber ?? 0);
        var text = LineAt(json, line);
        var column = (int)Math.Min(invalid.BytePositionInLine ?? 0, text.Length);
        var problem = text[column..] switch
        {
            [] => "it ends too early.",
            [(byte)'{' or (byte)'[', ..] when depth >= MaxDepth => $"it has more than {MaxDepth} objects and arrays within each other.",
            var rest => $"{Describe(rest)} in column {Encoding.UTF8.GetCharCount(text[..column]) + 1} is not expected there.",
        };
        return $"{file}, line {line + 1}: The file is not valid JSON: {problem}";
    }

    // The last line has no line feed, and the others end with it.
    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> json, int line)
    {
        for (; line > 0; line--)
        {
            json = json[(json.IndexOf((byte)'\n') + 1)..];
        }

        return json.IndexOf((byte)'\n') is >= 0 and var end ? json[..(end + 1)] : json;
    }

    private static string Describe(ReadOnlySpan<byte> rest) => (Rune.DecodeFromUtf8(rest, out var rune, out _), rune.Value) switch
    {
        (not System.Buffers.OperationStatus.Done, _) => "a byte that is not UTF-8",
        (_, '\r' or '\n') => "the end of the line",
        (_, '\t') => "a tab",
        _ when Rune.IsControl(rune) => string.Create(CultureInfo.InvariantCulture, $"the control character U+{rune.Value:X4}"),
        _ => $"'{rune}'",
    };
}
