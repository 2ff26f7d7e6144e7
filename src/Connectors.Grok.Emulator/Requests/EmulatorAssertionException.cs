namespace Connectors.Grok.Emulator;

/// <summary>The exception thrown when an assertion about requests or scripts fails. Any test framework reports its message.</summary>
/// <param name="message">The expected and the actual value.</param>
public sealed class EmulatorAssertionException(string message) : Exception(message);
