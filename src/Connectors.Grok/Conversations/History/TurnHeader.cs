using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Connectors.Grok.Conversations.History;

/// <summary>What the next turn must know of a turn's content. It stands before the messages, so that nothing else is read for it.</summary>
/// <param name="Model">The model that was requested, under the name by which it was requested.</param>
/// <param name="OpenCalls">The ids of calls, and of requests for approval, that the answer makes and nobody has answered.</param>
internal sealed record TurnHeader(string? Model, IReadOnlyList<string> OpenCalls)
{
    public static TurnHeader None { get; } = new(null, []);

    /// <summary>The fingerprint at the end of the turn; null when it is unknown, and in turns of storage version 1.</summary>
    public FingerprintState? State { get; init; }

    /// <summary>The text with which the last run began in earlier turns; null when it began in this one.</summary>
    public string? Run { get; init; }

    /// <summary>A hash of the last user text; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The hash of the <c>ChatOptions.Instructions</c> in force, without a key; null for none, and in turns of storage version 1.</summary>
    public string? InstructionsHash { get; init; }

    /// <summary>The hash of the leading system messages in force, without a key; null for none, and in turns of storage version 1.</summary>
    public string? SystemMessagesHash { get; init; }

    /// <summary>The key of the fingerprints, where the application has none; base64.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// Whether the path up to this turn holds answers that its fingerprints do not tell, so that the contents must be compared: those of
    /// storage version 1, those under another key, those that a caller passed, those within a function loop below, and all but the first of several calls.
    /// </summary>
    public bool HidesAnswers { get; init; }

    /// <summary>Whether the turn is a summary that takes the place of those before it.</summary>
    public bool IsCompaction { get; init; }

    /// <summary>The number of turns on the path since the last compaction, this one included.</summary>
    public int? TurnsSince { get; init; }

    /// <summary>The fingerprint of storage version 1; null in later turns.</summary>
    public string? LegacyFingerprint { get; init; }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteString("model"u8, Model);
        writer.WriteStartArray("open_calls"u8);
        foreach (var call in OpenCalls)
        {
            writer.WriteStringValue(call);
        }

        writer.WriteEndArray();
        Write(writer, "hash"u8, State?.Hash);
        Write(writer, "hash_before_run"u8, State?.Before);
        Write(writer, "speaker"u8, State?.Speaker);
        Write(writer, "run"u8, Run);
        Write(writer, "user"u8, User);
        Write(writer, "instructions_hash"u8, InstructionsHash);
        Write(writer, "system_messages_hash"u8, SystemMessagesHash);
        Write(writer, "key"u8, Key);
        Write(writer, "fingerprint"u8, LegacyFingerprint);
        if (HidesAnswers)
        {
            writer.WriteBoolean("hides_answers"u8, true);
        }

        if (IsCompaction)
        {
            writer.WriteBoolean("compaction"u8, true);
        }

        if (TurnsSince is { } turns)
        {
            writer.WriteNumber("turns_since_compaction"u8, turns);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not a turn, or one of a newer version.</exception>
    public static TurnHeader Parse(string turnId, ReadOnlyMemory<byte> content) => Read(content.Span) ?? TurnContent.Parse(turnId, content).Header;

    public static TurnHeader Parse(JsonElement json, TurnContent content) =>
        Read(JsonMarshal.GetRawUtf8Value(json)) ?? Read(InOrder(json)) ?? new TurnHeader(
            json.TryGetProperty("model", out var model) ? model.GetString() : null,
            json.TryGetProperty("open_calls", out var calls) ? [.. calls.EnumerateArray().Select(static c => c.GetString() ?? "")] : TurnContent.CallsIn(content.Output.SelectMany(static m => m.Contents)))
        {
            LegacyFingerprint = json.TryGetProperty("fingerprint", out var fingerprint) ? fingerprint.GetString() : null,
        };

    /// <summary>The members of a document whose order a database or a tool changed, the messages last and without their contents.</summary>
    private static ReadOnlySpan<byte> InOrder(JsonElement json)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var member in json.EnumerateObject().Where(static m => m.Name is not ("input" or "output")))
            {
                member.WriteTo(writer);
            }

            writer.WriteNull("input"u8);
            writer.WriteEndObject();
        }

        return bytes.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    /// <summary>The members before the messages; null when they do not stand there: reading the whole content tells why, or finds them.</summary>
    private static TurnHeader? Read(ReadOnlySpan<byte> json)
    {
        var members = new Members { Header = None };
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref reader, "input"u8))
                {
                    return members.ToHeader();
                }

                members.Read(ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Reading the whole content tells what is wrong.
        }

        return null;
    }

    private static TurnHeader ReadText(ref Utf8JsonReader reader, TurnHeader header)
    {
        if (Is(ref reader, "model"u8))
        {
            return header with { Model = reader.GetString() };
        }

        if (Is(ref reader, "user"u8))
        {
            return header with { User = reader.GetString() };
        }

        if (Is(ref reader, "run"u8))
        {
            return header with { Run = reader.GetString() };
        }

        if (Is(ref reader, "instructions_hash"u8))
        {
            return header with { InstructionsHash = reader.GetString() };
        }

        if (Is(ref reader, "system_messages_hash"u8))
        {
            return header with { SystemMessagesHash = reader.GetString() };
        }

        if (Is(ref reader, "key"u8))
        {
            return header with { Key = reader.GetString() };
        }

        if (Is(ref reader, "fingerprint"u8))
        {
            return header with { LegacyFingerprint = reader.GetString() };
        }

        reader.Skip();
        return header;
    }

    /// <summary>Whether the member has this name; the reader moves to its value then.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static List<string> Calls(ref Utf8JsonReader reader)
    {
        var calls = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            calls.Add(reader.GetString()!);
        }

        return calls;
    }

    /// <summary>What was read so far. Names are compared as bytes, because each turn reads this.</summary>
    private struct Members
    {
        private int _version;
        private List<string>? _calls;
        private string? _hash;
        private string? _before;
        private string? _speaker;

        public TurnHeader Header { get; set; }

        public readonly TurnHeader? ToHeader() => _version is <= 0 or > TurnContent.Version || _calls is null ? null
            : Header with { OpenCalls = _calls, State = _hash is null || _before is null ? null : new(_hash, _before, _speaker) };

        public void Read(ref Utf8JsonReader reader)
        {
            if (Is(ref reader, "version"u8))
            {
                _version = reader.GetInt32();
            }
            else if (Is(ref reader, "open_calls"u8))
            {
                _calls = Calls(ref reader);
            }
            else if (Is(ref reader, "hash"u8))
            {
                _hash = reader.GetString();
            }
            else if (Is(ref reader, "hash_before_run"u8))
            {
                _before = reader.GetString();
            }
            else if (Is(ref reader, "speaker"u8))
            {
                _speaker = reader.GetString();
            }
            else if (Is(ref reader, "hides_answers"u8))
            {
                Header = Header with { HidesAnswers = reader.GetBoolean() };
            }
            else if (Is(ref reader, "compaction"u8))
            {
                Header = Header with { IsCompaction = reader.GetBoolean() };
            }
            else if (Is(ref reader, "turns_since_compaction"u8))
            {
                Header = Header with { TurnsSince = reader.GetInt32() };
            }
            else
            {
                Header = ReadText(ref reader, Header);
            }
        }
    }
}
