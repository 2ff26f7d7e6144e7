using System.Text.Json;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>One server-sent event, its data already JSON; or, without data, something to wait for.</summary>
internal sealed record StreamEvent(string Type, byte[] Data, Pace Pace, Wait? Wait = null)
{
    public static StreamEvent WaitingFor(Wait wait) => new("", [], Pace.None, wait);
}

/// <summary>An event that has no number yet.</summary>
internal sealed record EventDraft(string Type, Action<Utf8JsonWriter> Members, Pace Pace = Pace.None)
{
    public Wait? Before { get; init; }
}

/// <summary>What kind of pause belongs before an event, so that people see text appear.</summary>
internal enum Pace
{
    None,
    Thinking,
    Text,
}
