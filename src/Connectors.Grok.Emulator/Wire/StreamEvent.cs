using System.Text.Json;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>A server-sent event with its data as JSON, or a wait between two events.</summary>
internal sealed record StreamEvent(string Type, byte[] Data, Pace Pace, Wait? Wait = null)
{
    public static StreamEvent WaitingFor(Wait wait) => new("", [], Pace.None, wait);
}

/// <summary>An event without a sequence number.</summary>
internal sealed record EventDraft(string Type, Action<Utf8JsonWriter> Members, Pace Pace = Pace.None)
{
    public Wait? Before { get; init; }
}

/// <summary>The kind of pause before an event.</summary>
internal enum Pace
{
    None,
    Thinking,
    Text,
}
