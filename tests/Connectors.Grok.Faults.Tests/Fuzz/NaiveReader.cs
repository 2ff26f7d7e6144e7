using System.Globalization;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>
/// Reads bytes in the simplest way, independently of the library: whether they may be a complete answer, and every text
/// in them.
/// </summary>
internal sealed class NaiveReader
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Why the bytes cannot be a complete answer; null when they may be one.</summary>
    public string? NoAnswer { get; private set; }

    /// <summary>The response of the terminal event.</summary>
    public JsonElement Response { get; private set; }

    /// <summary>The pieces of text, in order, that a reader must not lose.</summary>
    public List<string> Deltas { get; } = [];

    public static NaiveReader Read(WireAnswer answer, bool isStreamed)
    {
        var reader = new NaiveReader();
        var media = answer.ContentType?.Split(';')[0].Trim();
        var isStream = isStreamed && (string.IsNullOrEmpty(media) || !media.Contains('/', StringComparison.Ordinal) || media.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));
        if (answer.Status is < 200 or > 299)
        {
            reader.NoAnswer = $"its status is {answer.Status}";
        }
        else if (answer.Plain() is not { } bytes)
        {
            // The part that was decompressed before the error may be a complete stream.
            reader.NoAnswer = isStream ? null : "it cannot be decompressed";
        }
        else if (isStream)
        {
            reader.ReadEvents(bytes);
        }
        else
        {
            reader.ReadBody(bytes);
        }

        return reader;
    }

    /// <summary>Whether the bytes contain a text of the answer, as a text or as the end of one.</summary>
    public bool Says(string text) => _texts.Contains(text) || _texts.Any(t => t.EndsWith(text, StringComparison.Ordinal));

    public bool SaysExactly(string text) => _texts.Contains(text);

    private void ReadBody(byte[] bytes)
    {
        if (Parse(WithoutMark(bytes)) is not { ValueKind: JsonValueKind.Object } root)
        {
            NoAnswer = "it is not a JSON object";
            return;
        }

        Collect(root);
        Response = root;
        NoAnswer = WhyNot(root);
    }

    private void ReadEvents(byte[] bytes)
    {
        var isOver = false;
        var last = long.MinValue;
        if (StartsAsObject(WithoutMark(bytes).Span) && Parse(WithoutMark(bytes)) is { ValueKind: JsonValueKind.Object })
        {
            // A whole response instead of events is the answer.
            ReadBody(bytes);
            return;
        }

        foreach (var data in Events(WithoutMark(bytes)))
        {
            if (data.SequenceEqual("[DONE]"u8.ToArray()) || data.All(static b => b is (byte)' ' or (byte)'\r' or (byte)'\n'))
            {
                continue;
            }

            if (Parse(data) is not { } json)
            {
                NoAnswer = isOver ? NoAnswer : "an event is not valid JSON";
                return;
            }

            // Reads on after the end: a reader may reject this terminal event and continue.
            Collect(json);
            isOver = isOver || (json.ValueKind == JsonValueKind.Object && IsOver(json, ref last));
        }

        NoAnswer = isOver ? NoAnswer : "it does not end";
    }

    private bool IsOver(JsonElement json, ref long last)
    {
        var number = Member(json, "sequence_number") is { ValueKind: JsonValueKind.Number } at && at.TryGetInt64(out var value) ? value : (long?)null;
        // An event with a number that was read before may be a duplicate, which must be ignored.
        var isNew = number is null || number > last;
        last = isNew ? number ?? last : last;
        var types = json.EnumerateObject().Where(static m => Name(m) == "type").Select(static m => m.Value).ToList();
        var type = types.Count == 1 ? Text(types[0]) ?? "" : "";
        if (types.Count > 1)
        {
            // Which of them counts is undefined: both results are accepted.
            return types.Exists(static t => Text(t) is "response.completed" or "response.done" or "response.incomplete") && Finished(json);
        }

        switch (type)
        {
            case "error" or "response.failed":
            case "" when Member(json, "error") is not null:
                NoAnswer = "an event reports a failure";
                return true;
            case "response.completed" or "response.done" or "response.incomplete":
                return Finished(json);
            case "response.output_text.delta" when isNew && IsPlainDelta(json):
                Deltas.Add(Text(json.GetProperty("delta"))!);
                return false;
            default:
                return false;
        }
    }

    private bool Finished(JsonElement json)
    {
        if (Member(json, "response") is not { ValueKind: JsonValueKind.Object } response)
        {
            return false;
        }

        Response = response;
        NoAnswer = WhyNot(response);
        return true;
    }

    private static string? WhyNot(JsonElement response) =>
        Member(response, "status") is { } status && Text(status) == "failed" && Count(response, "status") == 1 ? "the response reports a failure" : null;

    private static bool IsPlainDelta(JsonElement json)
    {
        string[] known = ["sequence_number", "type", "item_id", "output_index", "content_index", "delta", "logprobs"];
        return known.All(n => Count(json, n) <= 1) && json.EnumerateObject().All(m => known.Contains(Name(m)))
            && Member(json, "delta") is { } delta && Text(delta) is { Length: > 0 }
            && IsIndex("output_index") && IsIndex("content_index")
            && (Member(json, "item_id") is not { } id || Text(id) is not null)
            && (Member(json, "sequence_number") is not { } number || (number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out _)));

        bool IsIndex(string name) => Member(json, name) is not { } index || (index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out _));
    }

    // Spares an exception for each stream of events.
    private static bool StartsAsObject(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;

    /// <summary>Gets the data of the terminated events.</summary>
    private static IEnumerable<byte[]> Events(ReadOnlyMemory<byte> bytes)
    {
        List<byte>? data = null;
        foreach (var line in Lines(bytes))
        {
            var text = line.Span;
            if (text.IsEmpty)
            {
                if (data is not null)
                {
                    yield return [.. data];
                    data = null;
                }

                continue;
            }

            var colon = text.IndexOf((byte)':');
            var (name, value) = colon < 0 ? (line, default) : (line[..colon], line[(colon + 1)..]);
            if (name.Span.SequenceEqual("data"u8))
            {
                if (data is not null)
                {
                    data.Add((byte)'\n');
                }

                data ??= [];
                data.AddRange(value.Span.StartsWith(" "u8) ? value[1..].Span : value.Span);
            }
        }

        // The last event may lack its blank line: whole JSON is not cut off.
        if (data is not null && Parse(data.ToArray()) is not null)
        {
            yield return [.. data];
        }
    }

    /// <summary>Gets the lines; the last one may lack its end.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = bytes.Span[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (length < 0)
            {
                yield return bytes[at..];
                yield break;
            }

            yield return bytes.Slice(at, length);
            at += length + (bytes.Span[(at + length)..].StartsWith("\r\n"u8) ? 2 : 1);
        }
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            // Invalid characters are read as U+FFFD.
            var text = Encoding.UTF8.GetString(json.Span);
            using var document = JsonDocument.Parse(text.Contains("\\ud", StringComparison.OrdinalIgnoreCase) ? WithoutHalves(text) : text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Collect(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String when Text(json) is { } text:
                _texts.Add(text);
                break;
            case JsonValueKind.Object:
                json.EnumerateObject().ToList().ForEach(m => Collect(m.Value));
                break;
            case JsonValueKind.Array:
                json.EnumerateArray().ToList().ForEach(Collect);
                break;
        }
    }

    private static int Count(JsonElement json, string name) => json.EnumerateObject().Count(m => Name(m) == name);

    public static JsonElement? Member(JsonElement json, string name) => json.ValueKind != JsonValueKind.Object ? null
        : json.EnumerateObject().Where(m => Name(m) == name).Select(static m => (JsonElement?)m.Value).LastOrDefault();

    public static string? Text(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString() : null;

    private static string Name(JsonProperty member) => member.Name;

    private static string WithoutHalves(string json)
    {
        var text = new StringBuilder(json);
        for (var i = 0; i < text.Length - 1; i++)
        {
            if (text[i] != '\\')
            {
                continue;
            }

            var (first, second) = (Unit(text, i), Unit(text, i + 6));
            if (char.IsHighSurrogate(first) && char.IsLowSurrogate(second))
            {
                i += 11;
            }
            else if (char.IsSurrogate(first))
            {
                text.Remove(i, 6).Insert(i, "\\ufffd");
            }
            else
            {
                i++;
            }
        }

        return text.ToString();
    }

    private static char Unit(StringBuilder text, int at) => at + 6 <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
        && ushort.TryParse(text.ToString(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';
}
