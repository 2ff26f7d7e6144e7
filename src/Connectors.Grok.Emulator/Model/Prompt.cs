using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>The input of the built-in model: the whole conversation and the request.</summary>
internal sealed record Prompt(string ResponseId, ModelInfo Model, IReadOnlyList<Item> Items, CreateRequest Request, string? Effort);
