namespace Connectors.Grok.Emulator.State;

/// <summary>What a blob holds: enough to tell whether it came back as it was given.</summary>
/// <param name="ModelId">The model it belongs to.</param>
/// <param name="Summary">The summary it was given out with.</param>
/// <param name="NextItem">The item that followed it: the text of a message, or a call id.</param>
/// <param name="Sequence">A number that rises with every blob.</param>
internal sealed record ReasoningBlob(string ModelId, IReadOnlyList<string> Summary, string NextItem, long Sequence);
