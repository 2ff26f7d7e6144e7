namespace Connectors.Grok.Emulator.Recordings;

/// <summary>One request and its answer as they are kept in a file, redacted.</summary>
internal sealed record RecordedExchange(string Method, string Path, string Request, int Status, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<RecordedChunk> Chunks, bool IsCut);

/// <summary>A piece of an answer, and when it came after the request was sent.</summary>
internal sealed record RecordedChunk(long Milliseconds, string Text);
