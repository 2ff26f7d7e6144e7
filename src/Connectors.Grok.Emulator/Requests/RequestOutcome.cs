namespace Connectors.Grok.Emulator;

/// <summary>The way in which the handling of a request ended.</summary>
public enum RequestOutcome
{
    /// <summary>The emulator wrote a whole response, which may be an error.</summary>
    Answered,

    /// <summary>The client disconnected before the response was complete.</summary>
    ClientDisconnected,

    /// <summary>The emulator aborted the connection because of a fault, or because it was disposed.</summary>
    Aborted,
}
