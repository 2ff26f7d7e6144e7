namespace Connectors.Grok.Emulator;

/// <summary>An assertion about requests or scripts did not hold. Any test framework reports it with its message.</summary>
/// <param name="message">What was expected and what came.</param>
public sealed class EmulatorAssertionException(string message) : Exception(message);
