namespace Connectors.Grok.Benchmarks.Support;

/// <summary>What a body did: nothing is optimised away, and a test can look whether it did the work.</summary>
/// <param name="Count">How many pieces: deltas, contents, requests, turns.</param>
/// <param name="Size">How much: UTF-16 units of text, or bytes.</param>
public sealed record Tally(int Count, long Size);
