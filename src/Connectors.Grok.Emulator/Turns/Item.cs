namespace Connectors.Grok.Emulator.Turns;

/// <summary>One item of a conversation as the service keeps it, whatever shape it was sent in.</summary>
internal abstract record Item;

/// <summary>A message; <c>developer</c> has already become <c>system</c>.</summary>
internal sealed record MessageItem(string Role, IReadOnlyList<Part> Parts) : Item
{
    public string Text => Parts is [TextPart only] ? only.Text : string.Join('\n', Parts.OfType<TextPart>().Select(part => part.Text));
}

internal sealed record ReasoningItem(IReadOnlyList<string> Summary, string? EncryptedContent) : Item
{
    public bool HasNullContent { get; init; }

    public bool HasStatus { get; init; }
}

internal sealed record FunctionCallItem(string CallId, string Name, string Arguments) : Item;

internal sealed record FunctionCallOutputItem(string CallId, IReadOnlyList<Part> Output) : Item
{
    public string Text => string.Join('\n', Output.OfType<TextPart>().Select(part => part.Text));
}

/// <summary>An item of a tool the service runs itself, kept as it was sent.</summary>
internal sealed record HostedItem(string Type, string Json) : Item;

/// <summary>What is left of turns that were compacted.</summary>
internal sealed record CompactionItem(string Blob) : Item
{
    /// <summary>What was said, once the blob is open.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages { get; init; } = [];
}

/// <summary>One content part of a message or of a function's output.</summary>
internal abstract record Part;

internal sealed record TextPart(string Text) : Part;

internal sealed record RefusalPart(string Refusal) : Part;

internal sealed record FilePart(string Name) : Part;

/// <summary>A part in a role that cannot carry it, or without its text: rejected later, with the other arguments.</summary>
internal sealed record EmptyPart : Part;

internal sealed record ImagePart(string Url, string Detail) : Part
{
    private readonly Lazy<ImageData?> _data = new(() => ImageData.TryRead(Url));

    /// <summary>What the bytes of a data URL are; null for a web address or for bytes that are no image.</summary>
    public ImageData? Data => _data.Value;
}
