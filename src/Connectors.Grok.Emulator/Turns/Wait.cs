namespace Connectors.Grok.Emulator.Turns;

/// <summary>Something to wait for between two events: a gate that a test opens, a pause, or both.</summary>
internal sealed record Wait(ReplyGate? Gate, TimeSpan Pause);
