using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Redacts a recorded response. The deltas of one text are redacted together, since a secret can be split over several events.</summary>
internal static class ChunkRedaction
{
    private const string EventEnd = "\n\n";
    private const string Data = "data:";
    private const string Done = "[DONE]";

    public static IReadOnlyList<RecordedChunk> Redact(IReadOnlyList<RecordedChunk> chunks, bool isEventStream)
    {
        if (chunks.Count == 0)
        {
            return chunks;
        }

        if (!isEventStream)
        {
            var whole = string.Concat(chunks.Select(static chunk => chunk.Text));
            var redacted = Redaction.Redact(whole);
            return redacted == whole ? chunks : [new RecordedChunk(chunks[^1].Milliseconds, redacted)];
        }

        var events = chunks.SelectMany(static chunk => Split(chunk.Text).Select(text => new Event(chunk.Milliseconds, text))).ToList();
        RedactDeltas(events);
        foreach (var recorded in events)
        {
            recorded.RedactRest();
        }

        return [.. events.GroupBy(static recorded => recorded.Milliseconds).Select(static group => new RecordedChunk(group.Key, string.Concat(group.Select(static recorded => recorded.Text))))];
    }

    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        while (text.IndexOf(EventEnd, start, StringComparison.Ordinal) is >= 0 and var end)
        {
            yield return text[start..(end + EventEnd.Length)];
            start = end + EventEnd.Length;
        }

        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    // The deltas before the secret stay as they are; the first one that differs has the rest of the redacted text.
    private static void RedactDeltas(List<Event> events)
    {
        foreach (var group in events.Where(static recorded => recorded.Delta is not null).GroupBy(static recorded => recorded.Key))
        {
            var whole = string.Concat(group.Select(static recorded => recorded.Delta));
            var redacted = Redaction.Redact(whole, isWire: false, nesting: 1);
            if (redacted == whole)
            {
                continue;
            }

            var (passed, isPast) = (0, false);
            foreach (var recorded in group)
            {
                var length = recorded.Delta!.Length;
                if (isPast)
                {
                    recorded.ReplaceDelta("");
                }
                else if (passed + length > redacted.Length || !redacted.AsSpan(passed, length).SequenceEqual(recorded.Delta))
                {
                    recorded.ReplaceDelta(redacted[Math.Min(passed, redacted.Length)..]);
                    isPast = true;
                }

                passed += length;
            }
        }
    }

    private sealed class Event
    {
        private static readonly string[] KeyMembers = ["type", "item_id", "output_index", "content_index", "summary_index"];

        private readonly bool _isWhole;
        private JsonElement? _json;

        public Event(long milliseconds, string text)
        {
            (Milliseconds, Text) = (milliseconds, text);
            _isWhole = text.EndsWith(EventEnd, StringComparison.Ordinal);
            _json = Parse(DataOf(text));
            if (_json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.String)
            {
                Delta = delta.GetString();
                Key = string.Join('|', KeyMembers.Select(name => json.TryGetProperty(name, out var value) ? value.GetRawText() : ""));
            }
        }

        public long Milliseconds { get; }

        public string Text { get; private set; }

        /// <summary>The piece of text in the event; null for none.</summary>
        public string? Delta { get; }

        /// <summary>Identifies the text that the deltas form.</summary>
        public string Key { get; } = "";

        public void ReplaceDelta(string delta) => ReplaceData(WithDelta(delta));

        public void RedactRest()
        {
            var data = DataOf(Text);
            if (data.Length == 0 || data == Done)
            {
                Text = data == Done ? Text : SecretText.Redact(Text);
            }
            else if (_json is not null)
            {
                var redacted = Redaction.Redact(data);
                ReplaceData(redacted == data ? null : redacted);
            }
            else
            {
                // Of an event that broke off, it cannot be decided what is in it.
                ReplaceData(_isWhole ? Redaction.Redact(data) : SecretText.Mask);
            }
        }

        private void ReplaceData(string? data)
        {
            if (data is null)
            {
                return;
            }

            var rest = Text.Split('\n').Where(static line => !line.StartsWith(Data, StringComparison.Ordinal) && line.Length > 0).Select(SecretText.RedactKnown);
            Text = string.Concat(rest.Select(static line => line + "\n")) + $"data: {data}" + (_isWhole ? EventEnd : "");
            _json = Parse(data);
        }

        private string WithDelta(string delta)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                foreach (var member in _json!.Value.EnumerateObject())
                {
                    if (member.Name == "delta")
                    {
                        writer.WriteString("delta", delta);
                    }
                    else
                    {
                        member.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        }

        private static string DataOf(string text) => string.Join('\n', text.Split('\n').Where(static line => line.StartsWith(Data, StringComparison.Ordinal)).Select(static line => line[Data.Length..].Trim()));

        private static JsonElement? Parse(string data)
        {
            try
            {
                using var document = JsonDocument.Parse(data);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
