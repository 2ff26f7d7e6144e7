using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>Parses the JSON of a script file into nodes with lines. Comments and trailing commas are accepted.</summary>
internal static class ScriptParser
{
    private const byte LineFeed = (byte)'\n';

    public static ScriptNode Parse(string file, byte[] json)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var start = json.AsSpan().StartsWith(mark) ? mark.Length : 0;
        var reader = new Utf8JsonReader(json.AsSpan(start), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            reader.Read();
            var root = Read(ref reader, json.AsSpan(start), file, path: "");
            reader.Read();
            return root;
        }
        catch (JsonException invalid)
        {
            throw new FormatException(ScriptProblem.Describe(file, json.AsSpan(start), invalid, OpenedBy(reader)), invalid);
        }
        catch (InvalidOperationException invalid)
        {
            throw new FormatException($"{file}, line {LineOf(json.AsSpan(start), (int)reader.TokenStartIndex)}: The text contains bytes that are not UTF-8, or one half of a surrogate pair, such as \\uD83D alone.", invalid);
        }
    }

    private static ScriptNode Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string file, string path)
    {
        var start = (int)reader.TokenStartIndex;
        var line = LineOf(json, start);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<(string Name, ScriptNode Value)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add((name, Read(ref reader, json, file, path.Length == 0 ? name : $"{path}.{name}")));
                }

                return new ScriptNode(file, line, path, JsonValueKind.Object, Raw(json, start, reader)) { Members = members };
            case JsonTokenType.StartArray:
                var items = new List<ScriptNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader, json, file, $"{path}[{items.Count}]"));
                }

                return new ScriptNode(file, line, path, JsonValueKind.Array, Raw(json, start, reader)) { Items = items };
            case JsonTokenType.String:
                return new ScriptNode(file, line, path, JsonValueKind.String, Raw(json, start, reader)) { Text = reader.GetString()! };
            default:
                var kind = reader.TokenType switch
                {
                    JsonTokenType.Number => JsonValueKind.Number,
                    JsonTokenType.True => JsonValueKind.True,
                    JsonTokenType.False => JsonValueKind.False,
                    _ => JsonValueKind.Null,
                };
                return new ScriptNode(file, line, path, kind, Raw(json, start, reader));
        }
    }

    // CurrentDepth does not count an object or array that has just begun.
    private static int OpenedBy(in Utf8JsonReader reader) => reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);

    private static int LineOf(ReadOnlySpan<byte> json, int start) => json[..start].Count(LineFeed) + 1;

    private static string Raw(ReadOnlySpan<byte> json, int start, in Utf8JsonReader reader) => Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
}
