namespace Connectors.Grok.Emulator.Http;

/// <summary>The connection is to break here. Thrown through the server, which sends what it has and then closes without an end.</summary>
internal sealed class ConnectionCutException() : IOException("The connection was cut on purpose.");
