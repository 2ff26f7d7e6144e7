namespace Connectors.Grok.Emulator.State;

/// <summary>The contents of an encrypted reasoning blob, with which a changed or moved reasoning item is detected.</summary>
/// <param name="ModelId">The id of the model that created it.</param>
/// <param name="Summary">The summary of the reasoning item.</param>
/// <param name="NextItem">The identity of the item after it: the text of a message, a call id, or the type of a hosted call; empty for none.</param>
/// <param name="Sequence">A number that increases with every blob.</param>
internal sealed record ReasoningBlob(string ModelId, IReadOnlyList<string> Summary, string NextItem, long Sequence);
