namespace Connectors.Grok.Emulator;

/// <summary>How the emulator's work on a request ended.</summary>
public enum RequestOutcome
{
    /// <summary>The answer was written to its end, be it an error.</summary>
    Answered,

    /// <summary>The client went away first.</summary>
    ClientDisconnected,

    /// <summary>The emulator broke the connection: a fault, or its own disposal.</summary>
    Aborted,
}
