using System.Text.Json;

namespace Connectors.Grok.Emulator.Turns;

/// <summary>A request to create a response. The types of its members are checked, their values not yet (docs/wire.md#request-members).</summary>
internal sealed record CreateRequest
{
    public required IReadOnlyList<Item> Input { get; init; }

    public string? Model { get; init; }

    public string? Instructions { get; init; }

    public string? PreviousResponseId { get; init; }

    public bool Store { get; init; } = true;

    /// <summary>The part of the store that holds the response and those that it can continue.</summary>
    public string StorePart { get; init; } = "";

    public bool Stream { get; init; }

    public bool StreamToolCalls { get; init; }

    public IReadOnlyList<string> Include { get; init; } = [];

    public bool ParallelToolCalls { get; init; } = true;

    public IReadOnlyList<Tool> Tools { get; init; } = [];

    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    public TextFormat Format { get; init; } = new("text", Schema: null);

    public string? Effort { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public long? TopK { get; init; }

    public double? MinP { get; init; }

    public IReadOnlyList<JsonElement> Guidelines { get; init; } = [];

    public long? TopLogprobs { get; init; }

    public long? MaxOutputTokens { get; init; }

    public long? MaxToolCalls { get; init; }

    public string? User { get; init; }

    public string? PromptCacheKey { get; init; }

    public string? SafetyIdentifier { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>The request body, for members that the response repeats and for rules about the presence of a member.</summary>
    public required JsonElement Raw { get; init; }

    public bool WantsEncryptedReasoning => Include.Contains("reasoning.encrypted_content");
}

/// <summary>A tool of the request. Name, description and parameters are null unless it is a function.</summary>
internal sealed record Tool(string Type, string? Name, string? Description, JsonElement? Parameters, JsonElement Raw)
{
    public bool IsFunction => Type == "function";

    /// <summary>Whether the definition is left out of the prompt until a tool search loads it.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>The name of a function, or the label of an MCP server; null for other tools.</summary>
    public string? Key => NameOf(Raw);

    /// <summary>Returns the name under which a tool search loads a definition; null for a definition that it cannot load.</summary>
    public static string? NameOf(JsonElement definition) =>
        definition.ValueKind == JsonValueKind.Object
        && (definition.TryGetProperty("name", out var name) || definition.TryGetProperty("server_label", out name))
        && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
}

/// <summary>The tool choice of the request: auto, none, required, or one function by name.</summary>
internal sealed record ToolChoice(string Mode, string? FunctionName = null)
{
    public static ToolChoice Auto { get; } = new("auto");
}

internal sealed record TextFormat(string Type, JsonElement? Schema);
