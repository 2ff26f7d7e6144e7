namespace Connectors.Grok.Emulator.State;

/// <summary>What a blob holds: enough to tell whether it came back as it was given.</summary>
/// <param name="Family">The model it belongs to.</param>
/// <param name="Summary">The summary it was given out with.</param>
/// <param name="Next">The item that followed it: the text of a message, or a call id.</param>
/// <param name="Made">A number that rises with every blob.</param>
internal sealed record SealedReasoning(string Family, IReadOnlyList<string> Summary, string Next, long Made);
