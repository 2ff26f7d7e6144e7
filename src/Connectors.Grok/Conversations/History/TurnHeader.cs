using System.Text.Json;
using Microsoft.Extensions.AI;

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
        var members = default(Members);
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Members.Is(ref reader, "input"u8))
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

    /// <summary>What was read so far. Names are compared as bytes, because each turn reads this.</summary>
    public struct Members
    {
        private List<string>? _calls;
        private string? _model;
        private string? _hash;
        private string? _before;
        private string? _speaker;
        private string? _run;
        private string? _user;
        private string? _instructionsHash;
        private string? _systemMessagesHash;
        private string? _key;
        private string? _legacy;
        private bool _hidesAnswers;
        private bool _isCompaction;
        private int? _turns;

        /// <summary>The version of the storage format; null before it was read.</summary>
        public int? Version { get; private set; }

        /// <summary>The header; null when it is not complete, or of a newer version.</summary>
        public readonly TurnHeader? ToHeader() => Version is null or <= 0 or > TurnContent.Version || _calls is null ? null : ToHeader(_calls);

        /// <summary>The header of a turn that does not say which of its calls are open, with those of its output.</summary>
        public readonly TurnHeader ToHeader(IEnumerable<ChatMessage> output) => ToHeader(_calls ?? TurnContent.CallsIn(output.Select(static m => m.Contents)));

        /// <summary>Whether the member has this name; the reader moves to its value then.</summary>
        public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

        /// <summary>Reads a member, or skips one that is no part of the header.</summary>
        public void Read(ref Utf8JsonReader reader)
        {
            if (Is(ref reader, "version"u8))
            {
                Version = reader.GetInt32();
            }
            else if (Is(ref reader, "open_calls"u8))
            {
                _calls = Calls(ref reader);
            }
            else if (Is(ref reader, "hides_answers"u8))
            {
                _hidesAnswers = reader.GetBoolean();
            }
            else if (Is(ref reader, "compaction"u8))
            {
                _isCompaction = reader.GetBoolean();
            }
            else if (Is(ref reader, "turns_since_compaction"u8))
            {
                _turns = reader.GetInt32();
            }
            else if (!IsText(ref reader))
            {
                reader.Skip();
            }
        }

        private readonly TurnHeader ToHeader(List<string> calls) => new(_model, calls)
        {
            State = _hash is null || _before is null ? null : new(_hash, _before, _speaker),
            Run = _run,
            User = _user,
            InstructionsHash = _instructionsHash,
            SystemMessagesHash = _systemMessagesHash,
            Key = _key,
            HidesAnswers = _hidesAnswers,
            IsCompaction = _isCompaction,
            TurnsSince = _turns,
            LegacyFingerprint = _legacy,
        };

        /// <summary>Reads the member if it is one of the texts.</summary>
        private bool IsText(ref Utf8JsonReader reader) =>
            IsText(ref reader, "model"u8, ref _model) || IsText(ref reader, "hash"u8, ref _hash) || IsText(ref reader, "hash_before_run"u8, ref _before)
            || IsText(ref reader, "speaker"u8, ref _speaker) || IsText(ref reader, "run"u8, ref _run) || IsText(ref reader, "user"u8, ref _user)
            || IsText(ref reader, "instructions_hash"u8, ref _instructionsHash) || IsText(ref reader, "system_messages_hash"u8, ref _systemMessagesHash)
            || IsText(ref reader, "key"u8, ref _key) || IsText(ref reader, "fingerprint"u8, ref _legacy);

        private static bool IsText(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ref string? text)
        {
            if (!Is(ref reader, name))
            {
                return false;
            }

            text = reader.GetString();
            return true;
        }

        private static List<string> Calls(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new FormatException("its \"open_calls\" must be a list.");
            }

            var calls = new List<string>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                calls.Add(reader.GetString() ?? "");
            }

            return calls;
        }
    }
}
