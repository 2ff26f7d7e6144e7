using System.Buffers;
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
    public static TurnContent Parse(string turnId, ReadOnlyMemory<byte> bytes) => Read(turnId, () =>
    {
        // The messages are read from their bytes: for a document, the shared pool would keep an array as long as the turn, images included.
        var messages = MessagesOf(bytes.Span);
        using var members = JsonDocument.Parse(Without(messages.Values, bytes.Span));
        return Create(turnId, members.RootElement, name => JsonSerializer.Deserialize(bytes.Span[messages[name]], FastMessageWriter.Messages));
    });

    /// <exception cref="InvalidDataException">The object is not a turn, or one of a newer version.</exception>
    public static TurnContent Parse(string turnId, JsonElement json) =>
        Read(turnId, () => Create(turnId, json, name => json.GetProperty(name).Deserialize(FastMessageWriter.Messages)));

    private static TurnContent Read(string turnId, Func<TurnContent> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Unreadable(turnId, e);
        }
    }

    private static TurnContent Create(string turnId, JsonElement json, Func<string, IList<ChatMessage>?> messages)
    {
        if (json.GetProperty("version").GetInt32() > Version)
        {
            throw new InvalidDataException($"The turn '{PrintableText.Escape(turnId)}' was written by a newer version of this library.");
        }

        var content = new TurnContent(TurnHeader.None, Text(json, "instructions"), List(messages("input"), "input"), List(messages("output"), "output"))
        {
            Announced = Text(json, "announced"),
            DropsReasoning = json.TryGetProperty("drops_reasoning", out var drops) && drops.GetBoolean(),
            DropsSummary = json.TryGetProperty("drops_summary", out var sent) && sent.GetBoolean(),
            Kept = Text(json, "kept") is not { } kept ? ConversationRetention.Everything
                : DocumentReader.TryParse<ConversationRetention>(kept, out var known) ? known
                : throw new FormatException("its \"kept\" must be Everything, Reasoning or Nothing."),
        };
        return content with { Header = TurnHeader.Parse(json, content) };
    }

    /// <summary>Where the two lists of messages are, by the names of their members.</summary>
    private static Dictionary<string, Range> MessagesOf(ReadOnlySpan<byte> json)
    {
        var lists = new Dictionary<string, Range>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = FastMessageWriter.Nesting.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("input"u8) ? "input" : reader.ValueTextEquals("output"u8) ? "output" : null;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (name is not null)
            {
                lists[name] = start..(int)reader.BytesConsumed;
            }
        }

        // What follows the object is an error.
        reader.Read();
        return lists;
    }

    /// <summary>The object with null for the lists of messages.</summary>
    private static byte[] Without(IEnumerable<Range> messages, ReadOnlySpan<byte> json)
    {
        var rest = new ArrayBufferWriter<byte>();
        var from = 0;
        foreach (var range in messages.OrderBy(static r => r.Start.Value))
        {
            rest.Write(json[from..range.Start]);
            rest.Write("null"u8);
            from = range.End.Value;
        }

        rest.Write(json[from..]);
        return rest.WrittenSpan.ToArray();
    }

    /// <summary>Says the position only: a parser's own message may quote a message.</summary>
    private static InvalidDataException Unreadable(string turnId, Exception e) =>
        new($"The turn '{PrintableText.Escape(turnId)}' cannot be read: {(e is JsonException json ? $"wrong at {DocumentReader.WhereIs(json)}" : e.Message)}");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IReadOnlyList<ChatMessage> List(IList<ChatMessage>? list, string name) =>
        list?.Any(static m => m?.Contents.Contains(null!) != false) == true ? throw new FormatException($"a message of \"{name}\", or a content of one, is null.") : [.. list ?? []];

    /// <summary>The ids of the calls among contents, and of those that approval is asked for, to which no results follow.</summary>
    public static List<string> CallsIn(IEnumerable<AIContent> contents)
    {
        List<string> calls = [];
        foreach (var content in contents)
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

        return calls;
    }

    private static ChatMessage ReasoningOf(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.OfType<TextReasoningContent>()];
        return copy;
    }
}
