namespace Connectors.Grok.Emulator.Turns;

/// <summary>An input item of a stored response, as JSON with its id.</summary>
internal sealed record InputItem(string Id, byte[] Json);
