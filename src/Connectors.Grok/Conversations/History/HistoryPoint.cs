namespace Connectors.Grok.Conversations.History;

/// <summary>A place in a caller's history at which a turn may end.</summary>
/// <param name="Index">The index of the last message before it.</param>
/// <param name="State">The fingerprint of all messages up to it.</param>
/// <param name="Answers">The fingerprints that the answer which ends there may have in a store; empty when it is no evidence of anything.</param>
internal readonly record struct HistoryPoint(int Index, FingerprintState State, IReadOnlyList<string> Answers);
