namespace Connectors.Grok.Emulator.Turns;

/// <summary>An item of a conversation, in one normalized form for all the forms in which it can be sent.</summary>
internal abstract record Item;

/// <summary>A message. The role <c>developer</c> is normalized to <c>system</c>.</summary>
internal sealed record MessageItem(string Role, IReadOnlyList<Part> Parts) : Item
{
    public string Text => Parts is [TextPart only] ? only.Text : string.Join('\n', Parts.OfType<TextPart>().Select(part => part.Text));
}

internal sealed record ReasoningItem(IReadOnlyList<string> Summary, string? EncryptedContent) : Item
{
    public bool HasStatus { get; init; }
}

internal sealed record FunctionCallItem(string CallId, string Name, string Arguments) : Item;

internal sealed record FunctionCallOutputItem(string CallId, IReadOnlyList<Part> Output) : Item
{
    public string Text => string.Join('\n', Output.OfType<TextPart>().Select(part => part.Text));
}

/// <summary>A call of a hosted tool, as it was sent.</summary>
internal sealed record HostedItem(string Type, string Json) : Item;

/// <summary>The definitions that a tool search loaded: the names of functions and the labels of MCP servers.</summary>
internal sealed record ToolSearchItem(IReadOnlyList<string> Loaded, string Json) : Item;

/// <summary>A compacted conversation.</summary>
internal sealed record CompactionItem(string Blob) : Item
{
    /// <summary>The messages of the blob; empty until the blob is decrypted.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages { get; init; } = [];
}

/// <summary>A content part of a message or of a function's output.</summary>
internal abstract record Part;

internal sealed record TextPart(string Text) : Part;

internal sealed record RefusalPart(string Refusal) : Part;

/// <summary>An attached file. An uploaded file has an id and gets its content from the store; a file at a web address is not fetched.</summary>
internal sealed record FilePart(string Name) : Part
{
    public string? FileId { get; init; }

    /// <summary>The content; null for a file at a web address, and for an uploaded file that is not resolved yet.</summary>
    public FileContent? Content { get; init; }

    public string? ContextText => Content?.ContextText;
}

/// <summary>A part without text, or of a type that its role does not allow. Rejected when the arguments are checked.</summary>
internal sealed record EmptyPart : Part;

internal sealed record ImagePart(string Url, string Detail) : Part
{
    private readonly Lazy<ImageData?> _data = new(() => ImageData.TryRead(Url));

    /// <summary>The media type of a data URL, in lower case; empty when it has none.</summary>
    public string MediaType => Url["data:".Length..].Split(',', 2)[0].Split(';', 2)[0].Trim().ToLowerInvariant();

    /// <summary>The image of a data URL; null for a web address, and for bytes that are not a supported image.</summary>
    public ImageData? Data => _data.Value;
}
