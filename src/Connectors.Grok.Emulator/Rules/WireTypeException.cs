namespace Connectors.Grok.Emulator.Rules;

/// <summary>A value of the wrong type, or a missing member; becomes the 422 with the place in the body.</summary>
internal sealed class WireTypeException(string message) : Exception(message);
