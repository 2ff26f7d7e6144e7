using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Skips the events of a stream whose caller wants only the response as a whole, which the terminal event contains. Keeps the bytes of the events about
/// finished items and parts, because some services send a terminal event without them.
/// </summary>
internal sealed class OutputSkipper : IDisposable
{
    private const int FirstSize = 16 * 1024;

    private readonly PooledBuffer<byte> _frames = new(FirstSize);
    private readonly List<(int Length, bool IsItem)> _kept = [];
    private int _items;

    /// <summary>Whether an event of the output was skipped.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Skips an event; false when it must be parsed.</summary>
    public bool TrySkip(ReadOnlySpan<byte> data)
    {
        if (!IsOutput(data, out var isItem, out var isPart))
        {
            return false;
        }

        HasOutput = true;
        if (isItem || isPart)
        {
            data.CopyTo(_frames.GetSpan(data.Length));
            _frames.Advance(data.Length);
            _kept.Add((data.Length, isItem));
            _items += isItem ? 1 : 0;
        }

        return true;
    }

    /// <summary>Completes the response of a terminal event with the items that it lacks; null when they were not in the stream either.</summary>
    public GrokResponse? Complete(LifecycleEvent terminal, GrokResponse response)
    {
        var output = response.Output ?? [];
        if (_items > output.Count && Items() is var items && items.Count > output.Count)
        {
            output = items;
        }

        if (_kept.Count > _items && (output.Any(FinishedParts.IsBlank) || !output.Any(static i => i is MessageItem)))
        {
            output = FinishedParts.Complete(output, Parts());
        }

        return output.Count == 0 && HasOutput ? null : response with
        {
            Output = output,
            Status = response.Status ?? (terminal.Type == "response.incomplete" ? "incomplete" : null),
        };
    }

    public void Dispose() => _frames.Dispose();

    private List<ResponseItem> Items()
    {
        var items = new SortedDictionary<(int Index, int Order), ResponseItem>();
        var order = new Dictionary<(int Index, string? Id), int>();
        foreach (var done in Kept(isItem: true).OfType<OutputItemEvent>())
        {
            if (done.Item is { } item)
            {
                // An event that is sent twice replaces itself.
                var key = (done.OutputIndex, item.Id);
                items[(done.OutputIndex, order.TryGetValue(key, out var known) ? known : order[key] = order.Count)] = item;
            }
        }

        return [.. items.Values];
    }

    private IEnumerable<DoneEvent> Parts()
    {
        foreach (var e in Kept(isItem: false).OfType<UnknownEvent>())
        {
            if (DoneEvent.TryRead(e, out var done))
            {
                yield return done;
            }
        }
    }

    private IEnumerable<ResponseEvent?> Kept(bool isItem)
    {
        var start = 0;
        foreach (var frame in _kept)
        {
            if (frame.IsItem == isItem)
            {
                yield return JsonSerializer.Deserialize(Utf8Repair.Repair(_frames.Span.Slice(start, frame.Length)), WireJson.Context.ResponseEvent);
            }

            start += frame.Length;
        }
    }

    /// <summary>Whether an event belongs to the output; false also for one that cannot be read, which is reported when it is parsed.</summary>
    private static bool IsOutput(ReadOnlySpan<byte> data, out bool isItem, out bool isPart)
    {
        var name = FirstName(data);
        name = name.IsEmpty ? ReadName(data) : name;
        isItem = name.SequenceEqual("response.output_item.done"u8);
        isPart = !isItem && name.EndsWith(".done"u8) && !name.StartsWith("response.reasoning"u8);
        return name.StartsWith("response."u8) && !IsLifecycle(name[9..]);
    }

    /// <summary>The type of an event that begins as those of the service do; empty for any other. The JSON reader takes longer than all else that is done to a skipped event.</summary>
    private static ReadOnlySpan<byte> FirstName(ReadOnlySpan<byte> data)
    {
        var before = "{\"sequence_number\":"u8;
        var between = ",\"type\":\""u8;
        if (!data.StartsWith(before))
        {
            return [];
        }

        data = data[before.Length..];
        data = data[Math.Max(data.IndexOfAnyExceptInRange((byte)'0', (byte)'9'), 0)..];
        if (!data.StartsWith(between))
        {
            return [];
        }

        data = data[between.Length..];
        var end = data.IndexOfAny((byte)'"', (byte)'\\');
        return end >= 0 && data[end] == '"' ? data[..end] : [];
    }

    /// <summary>The type of an event; empty when it has none, or an error before it.</summary>
    private static ReadOnlySpan<byte> ReadName(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                // An error may come under any type.
                if (reader.ValueTextEquals("error"u8) || !reader.Read())
                {
                    return [];
                }

                if (isType)
                {
                    return reader.TokenType == JsonTokenType.String ? data.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length) : [];
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Reported when the event is parsed.
        }

        return [];
    }

    private static bool IsLifecycle(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("created"u8) || name.SequenceEqual("queued"u8) || name.SequenceEqual("in_progress"u8) || name.SequenceEqual("completed"u8)
        || name.SequenceEqual("incomplete"u8) || name.SequenceEqual("failed"u8) || name.SequenceEqual("cancelled"u8) || name.SequenceEqual("done"u8);
}
