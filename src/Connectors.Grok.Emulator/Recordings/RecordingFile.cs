using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>The file format of recordings: a header line, then one line of JSON for each exchange.</summary>
internal static class RecordingFile
{
    private const string Header = """{"format":"connectors-grok-recording","version":1}""";

    public static string Write(IEnumerable<RecordedExchange> exchanges)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var exchange in exchanges)
        {
            text.Append(Json.WriteObjectText(writer => Write(writer, exchange))).Append('\n');
        }

        return text.ToString();
    }

    public static IReadOnlyList<RecordedExchange> Read(string path, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0 || lines[0] != Header)
        {
            throw new FormatException($"The file '{path}' is not a recording: its first line must be {Header}");
        }

        try
        {
            return [.. lines.Skip(1).Select(Read)];
        }
        catch (Exception invalid) when (invalid is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"The file '{path}' has a line that is not a recorded exchange: {invalid.Message}", invalid);
        }
    }

    private static void Write(Utf8JsonWriter writer, RecordedExchange exchange)
    {
        writer.WriteString("method", exchange.Method);
        writer.WriteString("path", exchange.Path);
        writer.WriteString("request", Redaction.Redact(exchange.Request));
        writer.WriteNumber("status", exchange.Status);
        writer.WriteStartObject("headers");
        foreach (var (name, value) in exchange.Headers)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("chunks");
        foreach (var chunk in exchange.Chunks)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(chunk.Milliseconds);
            writer.WriteStringValue(Redaction.Redact(chunk.Text));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("cut", exchange.IsCut);
    }

    private static RecordedExchange Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new RecordedExchange(
            root.GetProperty("method").GetString()!,
            root.GetProperty("path").GetString()!,
            root.GetProperty("request").GetString()!,
            root.GetProperty("status").GetInt32(),
            root.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!),
            [.. root.GetProperty("chunks").EnumerateArray().Select(chunk => new RecordedChunk(chunk[0].GetInt64(), chunk[1].GetString()!))],
            root.GetProperty("cut").GetBoolean());
    }
}
