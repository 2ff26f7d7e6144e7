namespace Connectors.Grok.Emulator.Recordings;

/// <summary>A request and its response. They are redacted when they are written to a file.</summary>
internal sealed record RecordedExchange(string Method, string Path, string Request, int Status, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<RecordedChunk> Chunks, bool IsCut);

/// <summary>A piece of a response, with the time since the request was sent.</summary>
internal sealed record RecordedChunk(long Milliseconds, string Text);
