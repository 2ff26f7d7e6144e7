using System.Text.Json;

namespace Connectors.Grok.Conversations.History;

/// <summary>What a turn's content says beside what was said: all that the next turn needs to know, and the only part of it that each turn reads.</summary>
/// <param name="Model">The model that was asked for, under the name it was asked for.</param>
/// <param name="Fingerprint">Of the whole conversation up to the end of the turn; null when it is not known.</param>
/// <param name="OpenCalls">The ids of calls that the answer makes and nobody has answered.</param>
internal sealed record TurnHeader(string? Model, string? Fingerprint, IReadOnlyList<string> OpenCalls)
{
    /// <exception cref="InvalidDataException">The bytes are no turn, or one of a newer version.</exception>
    public static TurnHeader Of(ConversationTurn turn, IConversationProtector? protector)
    {
        var bytes = protector is null ? turn.Content : protector.Unprotect(turn.Content.ToArray());
        return Read(bytes.Span) ?? Of(TurnContent.Of(turn, bytes));
    }

    private static TurnHeader Of(TurnContent content) => new(content.Model, content.Fingerprint, content.OpenCalls);

    /// <summary>The facts, which stand before what was said. Null when they do not: the long way tells why, or finds them.</summary>
    private static TurnHeader? Read(ReadOnlySpan<byte> json)
    {
        var (version, model, fingerprint, calls) = (0, (string?)null, (string?)null, (List<string>?)null);
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // Names are compared as they stand: each turn reads this.
                if (Is(ref reader, "version"u8))
                {
                    version = reader.GetInt32();
                }
                else if (Is(ref reader, "model"u8))
                {
                    model = reader.GetString();
                }
                else if (Is(ref reader, "fingerprint"u8))
                {
                    fingerprint = reader.GetString();
                }
                else if (Is(ref reader, "open_calls"u8))
                {
                    calls = Calls(ref reader);
                }
                else if (Is(ref reader, "input"u8))
                {
                    return version == TurnContent.Version && calls is not null ? new(model, fingerprint, calls) : null;
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The long way tells what is wrong.
        }

        return null;
    }

    /// <summary>Whether the member has this name; its value comes next then.</summary>
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
}
