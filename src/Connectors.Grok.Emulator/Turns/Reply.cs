namespace Connectors.Grok.Emulator.Turns;

/// <summary>The reply of the model as data. The types of the Wire room turn it into JSON or into events.</summary>
internal sealed record Reply(IReadOnlyList<OutputItem> Output)
{
    /// <summary>The reason why the reply is incomplete; null when it is complete.</summary>
    public string? IncompleteReason { get; init; }

    /// <summary>The error of a failed response; null when it did not fail.</summary>
    public (string Code, string Message)? Error { get; init; }

    /// <summary>The <c>error_type</c> beside the error; null for none.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The error event that ends the stream instead of a terminal event; null for none.</summary>
    public (string? Code, string Message)? ErrorFrame { get; init; }

    /// <summary>The wait before the terminal event; null for none.</summary>
    public Wait? BeforeEnd { get; init; }

    /// <summary>Waits by the number of events sent before them.</summary>
    public IReadOnlyDictionary<int, Wait> After { get; init; } = new Dictionary<int, Wait>();

    /// <summary>The pause before each piece of text or reasoning; null for the pauses of the emulator's options.</summary>
    public TimeSpan? Pace { get; init; }

    /// <summary>Token counts set by a script; null to count them.</summary>
    public (int Input, int Cached, int Output, int Reasoning)? Tokens { get; init; }

    /// <summary>The number of searches in attached files. They have no output item.</summary>
    public int DocumentSearches { get; init; }

    /// <summary>Converts the output to items of the conversation.</summary>
    public IEnumerable<Item> ToItems() => Output.Select<OutputItem, Item>(item => item switch
    {
        ReasoningOutput reasoning => new ReasoningItem(reasoning.Summary, reasoning.EncryptedContent),
        MessageOutput message => new MessageItem("assistant", [new TextPart(message.Text)]),
        RefusalOutput refusal => new MessageItem("assistant", [new RefusalPart(refusal.Text)]),
        FunctionCallOutput call => new FunctionCallItem(call.CallId, call.Name, call.Arguments),
        ToolSearchOutput loaded => new ToolSearchItem([.. loaded.Tools.Select(Tool.NameOf).OfType<string>()], loaded.BilledText),
        HostedOutput hosted => new HostedItem(hosted.Type, hosted.BilledText),
        _ => throw new InvalidOperationException("The output item has no equivalent in a conversation."),
    });

    public string Status => Error is not null ? "failed" : IncompleteReason is not null ? "incomplete" : "completed";

    /// <summary>Whether the response can be continued: it has an item other than reasoning and messages without text.</summary>
    public bool CanBeContinued => Output.Any(item => item is not (ReasoningOutput or MessageOutput { Text.Length: 0 }));
}
