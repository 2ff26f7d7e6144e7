using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>What the model is given: the whole conversation, resolved, and what this request asks of it.</summary>
internal sealed record Prompt(string ResponseId, ModelInfo Model, IReadOnlyList<Item> Items, CreateRequest Request, string? Effort);
