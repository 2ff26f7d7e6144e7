namespace Connectors.Grok.Emulator;

/// <summary>One result of a file search.</summary>
/// <param name="FileId">The id of the file.</param>
/// <param name="FileName">The name of the file.</param>
/// <param name="Text">The passage found.</param>
/// <param name="Score">How well it fits; 0 is left out, as the service does.</param>
public sealed record FileHit(string FileId, string FileName, string Text, double Score = 0);
