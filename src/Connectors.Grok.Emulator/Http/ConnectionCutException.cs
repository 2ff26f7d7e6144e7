namespace Connectors.Grok.Emulator.Http;

/// <summary>The exception that aborts a connection. The server sends what was written before it, then closes the connection without ending the response.</summary>
internal sealed class ConnectionCutException() : IOException("The connection was cut on purpose.");
