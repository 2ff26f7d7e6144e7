using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>The file format of recordings: a header line, then one line of JSON for each exchange.</summary>
internal static class RecordingFile
{
    public const string Header = """{"format":"connectors-grok-recording","version":1}""";

    public static string Write(IEnumerable<RecordedExchange> exchanges)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var exchange in exchanges)
        {
            text.Append(Line(exchange));
        }

        return text.ToString();
    }

    /// <summary>Returns the line of an exchange, without secrets, and with its end.</summary>
    public static string Line(RecordedExchange exchange) => Json.WriteObjectText(writer => Write(writer, exchange)) + "\n";

    /// <summary>Creates a file that only its owner can read. An existing file is replaced.</summary>
    public static FileStream Create(string path)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    public static IReadOnlyList<RecordedExchange> Read(string path, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries).Index().Where(static line => line.Item.Length > 0).ToList();
        if (lines.Count == 0 || lines[0].Item != Header)
        {
            throw new FormatException($"The file '{path}' is not a recording: its first line must be {Header}");
        }

        return [.. lines.Skip(1).Select(line => Read(path, line.Index + 1, line.Item))];
    }

    private static void Write(Utf8JsonWriter writer, RecordedExchange exchange)
    {
        writer.WriteString("method", exchange.Method);
        writer.WriteString("path", Redaction.RedactPath(exchange.Path));
        writer.WriteString("request", Redaction.Redact(exchange.Request));
        writer.WriteNumber("status", exchange.Status);
        writer.WriteStartObject("headers");
        foreach (var (name, value) in exchange.Headers)
        {
            writer.WriteString(name, name == "x-request-id" ? SecretText.RedactKnown(value) : SecretText.Redact(value));
        }

        writer.WriteEndObject();
        writer.WriteStartArray("chunks");
        foreach (var chunk in ChunkRedaction.Redact(exchange.Chunks, IsEventStream(exchange)))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(chunk.Milliseconds);
            writer.WriteStringValue(chunk.Text);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("cut", exchange.IsCut);
    }

    // A content type can be wrong.
    private static bool IsEventStream(RecordedExchange exchange) =>
        exchange.Headers.GetValueOrDefault("content-type")?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true
        || (exchange.Chunks is [var first, ..] && (first.Text.StartsWith("event:", StringComparison.Ordinal) || first.Text.StartsWith("data:", StringComparison.Ordinal) || first.Text.StartsWith(':')));

    // A header that occurs twice has both values.
    private static Dictionary<string, string> ReadHeaders(JsonElement headers) => headers.EnumerateObject()
        .GroupBy(static header => header.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(static group => group.Key, static group => string.Join(", ", group.Select(static header => header.Value.GetString()!)), StringComparer.OrdinalIgnoreCase);

    private static RecordedExchange Read(string path, int number, string line)
    {
        try
        {
            return Read(line);
        }
        catch (Exception invalid) when (invalid is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new FormatException($"The file '{path}' is not a complete recording: line {number} is not a recorded exchange. Remove the line, or record the exchanges again.", invalid);
        }
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
            ReadHeaders(root.GetProperty("headers")),
            [.. root.GetProperty("chunks").EnumerateArray().Select(chunk => new RecordedChunk(chunk[0].GetInt64(), chunk[1].GetString()!))],
            root.GetProperty("cut").GetBoolean());
    }
}
