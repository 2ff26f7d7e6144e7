namespace Connectors.Grok.Emulator.Rules;

/// <summary>A value of the wrong type, or a missing member; becomes the 422 with the place in the body.</summary>
internal sealed class TypeMismatchException(string message) : Exception(message);
