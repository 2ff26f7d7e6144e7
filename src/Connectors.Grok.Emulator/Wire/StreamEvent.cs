namespace Connectors.Grok.Emulator.Wire;

/// <summary>One server-sent event, its data already JSON.</summary>
internal sealed record StreamEvent(string Type, byte[] Data, Pace Pace);

/// <summary>What kind of pause belongs before an event, so that people see text appear.</summary>
internal enum Pace
{
    None,
    Thinking,
    Text,
}
