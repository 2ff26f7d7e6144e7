namespace Connectors.Grok.Benchmarks.Support;

/// <summary>The result of a body, which prevents dead code elimination and which a test can check.</summary>
/// <param name="Count">The number of deltas, contents, requests or turns.</param>
/// <param name="Size">The size in UTF-16 units of text, or in bytes.</param>
public sealed record Tally(int Count, long Size);
