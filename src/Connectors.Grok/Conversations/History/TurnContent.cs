using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>The messages of a turn with what the next turn must know, as stores keep them.</summary>
/// <param name="Header">What the next turn must know.</param>
/// <param name="Instructions">The instructions with which the request began from nothing; null when it continued under those in force.</param>
/// <param name="Input">The new messages.</param>
/// <param name="Output">The answer's messages, encrypted reasoning included.</param>
internal sealed record TurnContent(TurnHeader Header, string? Instructions, IReadOnlyList<ChatMessage> Input, IReadOnlyList<ChatMessage> Output)
{
    public const int Version = 2;

    /// <summary>Deeper than what the service accepts (64): whatever was sent can be read again.</summary>
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = FastMessageWriter.Nesting.MaxDepth };

    /// <summary>Changed instructions that were sent as a system message before the input; null for none.</summary>
    public string? Announced { get; init; }

    /// <summary>Whether the service could not decrypt the reasoning of the turns before this one, so that it must not be sent again.</summary>
    public bool DropsReasoning { get; init; }

    /// <summary>Whether the service could not decrypt the summary that takes the place of turns before this one, so that those are sent themselves.</summary>
    public bool DropsSummary { get; init; }

    /// <summary>How much of the messages is kept.</summary>
    public ConversationRetention Kept { get; init; }

    /// <summary>The part of the turn that may be kept.</summary>
    public TurnContent Reduced(ConversationRetention retention) => retention switch
    {
        ConversationRetention.Everything => this,
        // Reasoning is kept as it came: the service rejects a blob whose summary is not the one it was encrypted with.
        ConversationRetention.Reasoning => WithoutTexts(retention, [.. Output.Select(ReasoningOf).Where(static m => m.Contents.Count > 0)]),
        _ => WithoutTexts(retention, []),
    };

    private TurnContent WithoutTexts(ConversationRetention retention, IReadOnlyList<ChatMessage> output) =>
        this with { Instructions = null, Announced = null, Input = [], Output = output, Kept = retention, Header = Header with { Run = null } };

    public byte[] ToBytes()
    {
        using var bytes = new SegmentedBuffer();
        using (var writer = new Utf8JsonWriter(bytes, Relaxed))
        {
            WriteTo(writer);
        }

        return bytes.Sequence.ToArray();
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, Version);

        // Before the messages: the next turn reads up to here.
        Header.WriteTo(writer);
        writer.WriteString("instructions"u8, Instructions);
        if (Announced is not null)
        {
            writer.WriteString("announced"u8, Announced);
        }

        if (DropsReasoning)
        {
            writer.WriteBoolean("drops_reasoning"u8, true);
        }

        if (DropsSummary)
        {
            writer.WriteBoolean("drops_summary"u8, true);
        }

        if (Kept != ConversationRetention.Everything)
        {
            writer.WriteString("kept"u8, Kept.ToString());
        }

        writer.WritePropertyName("input"u8);
        FastMessageWriter.Write(writer, Input);
        writer.WritePropertyName("output"u8);
        FastMessageWriter.Write(writer, Output);
        writer.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">The bytes are not a turn, or one of a newer version.</exception>
    public static TurnContent Parse(string turnId, ReadOnlyMemory<byte> bytes) => Parse(turnId, bytes.Span);

    /// <exception cref="InvalidDataException">The object is not a turn, or one of a newer version.</exception>
    public static TurnContent Parse(string turnId, JsonElement json) => Parse(turnId, JsonMarshal.GetRawUtf8Value(json));

    private static TurnContent Parse(string turnId, ReadOnlySpan<byte> json)
    {
        try
        {
            return Read(turnId, json);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Unreadable(turnId, e);
        }
    }

    /// <summary>Reads the members in any order, and the messages last: those of a newer version may be others.</summary>
    private static TurnContent Read(string turnId, ReadOnlySpan<byte> json)
    {
        var (content, header) = (new TurnContent(TurnHeader.None, null, [], []), default(TurnHeader.Members));
        var (input, output) = ((Range?)null, (Range?)null);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = FastMessageWriter.Nesting.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (TurnHeader.Members.Is(ref reader, "input"u8))
            {
                input = Skip(ref reader);
            }
            else if (TurnHeader.Members.Is(ref reader, "output"u8))
            {
                output = Skip(ref reader);
            }
            else if (ReadMember(ref reader, content) is { } changed)
            {
                content = changed;
            }
            else
            {
                header.Read(ref reader);
            }
        }

        // What follows the object is an error.
        reader.Read();
        if (Required(header.Version, "version") > Version)
        {
            throw new InvalidDataException($"The turn '{PrintableText.Escape(turnId)}' was written by a newer version of this library.");
        }

        var messages = Messages(json[Required(output, "output")], "output");
        return content with { Header = header.ToHeader(messages), Input = Messages(json[Required(input, "input")], "input"), Output = messages };
    }

    /// <summary>The content with a member; null for one that is no part of it.</summary>
    private static TurnContent? ReadMember(ref Utf8JsonReader reader, TurnContent content) =>
        TurnHeader.Members.Is(ref reader, "instructions"u8) ? content with { Instructions = reader.GetString() }
        : TurnHeader.Members.Is(ref reader, "announced"u8) ? content with { Announced = reader.GetString() }
        : TurnHeader.Members.Is(ref reader, "drops_reasoning"u8) ? content with { DropsReasoning = reader.GetBoolean() }
        : TurnHeader.Members.Is(ref reader, "drops_summary"u8) ? content with { DropsSummary = reader.GetBoolean() }
        : TurnHeader.Members.Is(ref reader, "kept"u8) ? content with { Kept = ReadKept(reader.GetString()) }
        : null;

    private static ConversationRetention ReadKept(string? kept) =>
        kept is null ? ConversationRetention.Everything
        : DocumentReader.TryParse<ConversationRetention>(kept, out var known) ? known
        : throw new FormatException("its \"kept\" must be Everything, Reasoning or Nothing.");

    /// <summary>Skips a value, and returns where it is.</summary>
    private static Range Skip(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private static T Required<T>(T? member, string name)
        where T : struct => member ?? throw new FormatException($"it has no \"{name}\".");

    /// <summary>Says the position only: a parser's own message may quote a message.</summary>
    private static InvalidDataException Unreadable(string turnId, Exception e) =>
        new($"The turn '{PrintableText.Escape(turnId)}' cannot be read: {(e is JsonException json ? $"wrong at {DocumentReader.WhereIs(json)}" : e.Message)}");

    private static List<ChatMessage> Messages(ReadOnlySpan<byte> json, string name)
    {
        var list = JsonSerializer.Deserialize(json, FastMessageWriter.Messages) ?? [];
        return list.Any(static m => m?.Contents.Contains(null!) != false) ? throw new FormatException($"a message of \"{name}\", or a content of one, is null.") : [.. list];
    }

    /// <summary>The ids of the calls among lists of contents, and of those that approval is asked for, to which no results follow.</summary>
    public static List<string> CallsIn(IEnumerable<IList<AIContent>> lists)
    {
        List<string> calls = [];
        foreach (var contents in lists)
        {
            // By index: histories are long, and enumerators of an IList are objects.
            for (var i = 0; i < contents.Count; i++)
            {
                Add(contents[i], calls);
            }
        }

        return calls;
    }

    private static void Add(AIContent content, List<string> calls)
    {
        if (content is FunctionCallContent { InformationalOnly: false } call)
        {
            calls.Add(call.CallId);
        }
        else if (content is FunctionResultContent result)
        {
            // A function loop below made and answered it.
            calls.RemoveAll(id => id == result.CallId);
        }
        else if (Approvals.AskedFor(content) is { } asked)
        {
            calls.Add(asked);
        }
    }

    private static ChatMessage ReasoningOf(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.OfType<TextReasoningContent>()];
        return copy;
    }
}
