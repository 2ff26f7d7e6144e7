namespace Connectors.Grok.Emulator.Turns;

/// <summary>A wait between two events: a gate, a pause, or both.</summary>
internal sealed record Wait(ReplyGate? Gate, TimeSpan Pause);
