using System.Text.Encodings.Web;
using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>What was said in a turn, as stores keep it.</summary>
/// <param name="Model">The model that was asked for, under the name it was asked for.</param>
/// <param name="Instructions">The instructions that ruled from this turn on; null when they did not change.</param>
/// <param name="Input">The new messages.</param>
/// <param name="Output">The answer's messages, encrypted reasoning included.</param>
internal sealed record TurnContent(string? Model, string? Instructions, IReadOnlyList<ChatMessage> Input, IReadOnlyList<ChatMessage> Output)
{
    public const int Version = 1;
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Changed instructions that were sent as a system message before the input; null for none.</summary>
    public string? Announced { get; init; }

    /// <summary>Whether the service could not open the reasoning of the turns before this one, so that it must not go out again.</summary>
    public bool DropsReasoning { get; init; }

    /// <summary>Of the whole conversation up to the end of this turn; null when it is not known.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>How much of what was said is here.</summary>
    public ConversationRetention Kept { get; init; }

    /// <summary>The ids of calls that the answer makes and nobody has answered: the turn goes on with their results, or never happened.</summary>
    public IReadOnlyList<string> OpenCalls { get; init; } = CallsIn(Output.SelectMany(static m => m.Contents));

    /// <summary>What is kept of the turn where not everything may be.</summary>
    public TurnContent Reduced(ConversationRetention retention) => retention switch
    {
        ConversationRetention.Everything => this,
        // Reasoning is kept as it came: the service refuses a blob whose summary is not the one it was sealed with.
        ConversationRetention.Reasoning => this with { Instructions = null, Announced = null, Input = [], Output = [.. Output.Select(ReasoningOf).Where(static m => m.Contents.Count > 0)], Kept = retention },
        _ => this with { Instructions = null, Announced = null, Input = [], Output = [], Kept = retention },
    };

    public ReadOnlyMemory<byte> ToBytes(IConversationProtector? protector)
    {
        using var bytes = new PooledBuffer<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(bytes, Relaxed))
        {
            WriteTo(writer);
        }

        var kept = bytes.Span.ToArray();
        return protector is null ? kept : protector.Protect(kept);
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, Version);
        writer.WriteString("model"u8, Model);
        writer.WriteString("instructions"u8, Instructions);
        writer.WriteString("fingerprint"u8, Fingerprint);
        if (Announced is not null)
        {
            writer.WriteString("announced"u8, Announced);
        }

        if (DropsReasoning)
        {
            writer.WriteBoolean("drops_reasoning"u8, true);
        }

        if (Kept != ConversationRetention.Everything)
        {
            writer.WriteString("kept"u8, Kept.ToString());
        }

        // Before what was said: the next turn reads up to here.
        writer.WriteStartArray("open_calls"u8);
        foreach (var call in OpenCalls)
        {
            writer.WriteStringValue(call);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("input"u8);
        FastMessageWriter.Write(writer, Input);
        writer.WritePropertyName("output"u8);
        FastMessageWriter.Write(writer, Output);
        writer.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">The bytes are no turn, or one of a newer version.</exception>
    public static TurnContent Of(ConversationTurn turn, IConversationProtector? protector) =>
        Of(turn, protector is null ? turn.Content : protector.Unprotect(turn.Content.ToArray()));

    /// <exception cref="InvalidDataException">The bytes are no turn, or one of a newer version.</exception>
    public static TurnContent Of(ConversationTurn turn, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, FastMessageWriter.Nesting);
            return Of(json.RootElement, turn.Id);
        }
        catch (JsonException e)
        {
            throw Unreadable(turn.Id, e);
        }
    }

    /// <exception cref="InvalidDataException">The object is no turn, or one of a newer version.</exception>
    public static TurnContent Of(JsonElement json, string turnId)
    {
        try
        {
            if (json.GetProperty("version").GetInt32() > Version)
            {
                throw new InvalidDataException($"The turn '{turnId}' was written by a newer version of this library.");
            }

            var content = new TurnContent(Text(json, "model"), Text(json, "instructions"), List(json, "input"), List(json, "output"))
            {
                Fingerprint = Text(json, "fingerprint"),
                Announced = Text(json, "announced"),
                DropsReasoning = json.TryGetProperty("drops_reasoning", out var drops) && drops.GetBoolean(),
            };
            return Text(json, "kept") is not { } kept ? content : content with
            {
                Kept = Enum.TryParse<ConversationRetention>(kept, out var known) ? known : throw new FormatException("its \"kept\" is none of Everything, Reasoning and Nothing."),
                OpenCalls = [.. json.GetProperty("open_calls").EnumerateArray().Select(static c => c.GetString() ?? "")],
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Unreadable(turnId, e);
        }
    }

    /// <summary>A parser's own message may quote what was said: it says the place only.</summary>
    private static InvalidDataException Unreadable(string turnId, Exception e) =>
        new($"The turn '{turnId}' cannot be read: {(e is JsonException json ? $"wrong at {DocumentReader.WhereIs(json)}" : e.Message)}");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IReadOnlyList<ChatMessage> List(JsonElement json, string name)
    {
        var list = json.GetProperty(name).Deserialize(FastMessageWriter.Messages) ?? [];
        return list.Any(static m => m?.Contents.Contains(null!) != false) ? throw new FormatException($"a message of \"{name}\", or a content of one, is null.") : [.. list];
    }

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
