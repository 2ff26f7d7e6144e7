namespace Connectors.Grok.Emulator.State;

/// <summary>A finished response as it is kept: its JSON, the items it was asked with, and what a later request continues from.</summary>
internal sealed record StoredResponse(string Id, string? PreviousId, DateTimeOffset CreatedAt, byte[] Json, byte[] InputItems, Context Context, bool HasOutput);
