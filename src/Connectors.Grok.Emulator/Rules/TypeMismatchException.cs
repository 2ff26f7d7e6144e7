namespace Connectors.Grok.Emulator.Rules;

/// <summary>A value of the wrong type, or a missing member. It becomes a 422 that names the line and the column.</summary>
internal sealed class TypeMismatchException(string message) : Exception(message);
