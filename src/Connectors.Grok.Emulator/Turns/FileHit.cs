namespace Connectors.Grok.Emulator;

/// <summary>A result of a file search.</summary>
/// <param name="FileId">The id of the file.</param>
/// <param name="FileName">The name of the file.</param>
/// <param name="Text">The text of the matching passage.</param>
/// <param name="Score">The relevance of the passage. A score of 0 is omitted from the response, as by the service.</param>
public sealed record FileHit(string FileId, string FileName, string Text, double Score = 0);
