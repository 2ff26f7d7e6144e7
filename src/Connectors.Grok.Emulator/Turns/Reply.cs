namespace Connectors.Grok.Emulator.Turns;

/// <summary>The answer of the model as data; the writers turn it into JSON or into events.</summary>
internal sealed record Reply(IReadOnlyList<OutputItem> Output)
{
    /// <summary>Why the answer stopped early; null when it did not.</summary>
    public string? IncompleteReason { get; init; }

    /// <summary>Code and message of a response that failed; null when it did not.</summary>
    public (string Code, string Message)? Error { get; init; }

    /// <summary>An error frame that ends the stream instead of a terminal event; null when there is none.</summary>
    public (string? Code, string Message)? ErrorFrame { get; init; }

    /// <summary>What to wait for before the terminal event.</summary>
    public Wait? BeforeEnd { get; init; }

    /// <summary>What to wait for once so many events were sent.</summary>
    public IReadOnlyDictionary<int, Wait> After { get; init; } = new Dictionary<int, Wait>();

    /// <summary>The pause before each piece of text or reasoning; null for the emulator's own.</summary>
    public TimeSpan? Pace { get; init; }

    /// <summary>Token counts that were dictated; null to count.</summary>
    public (int Input, int Cached, int Output, int Reasoning)? Tokens { get; init; }

    /// <summary>The answer as items of the conversation, for what comes after it.</summary>
    public IEnumerable<Item> ToItems() => Output.Select<OutputItem, Item>(item => item switch
    {
        ReasoningOutput reasoning => new ReasoningItem(reasoning.Summary, reasoning.EncryptedContent),
        MessageOutput message => new MessageItem("assistant", [new TextPart(message.Text)]),
        RefusalOutput refusal => new MessageItem("assistant", [new RefusalPart(refusal.Text)]),
        FunctionCallOutput call => new FunctionCallItem(call.CallId, call.Name, call.Arguments),
        HostedOutput hosted => new HostedItem(hosted.Type, hosted.BilledText),
        _ => throw new InvalidOperationException("An output item that is no part of a conversation."),
    });

    public string Status => Error is not null ? "failed" : IncompleteReason is not null ? "incomplete" : "completed";

    /// <summary>Whether there is something to continue from; a message cut off before its first word is as empty as none.</summary>
    public bool CanBeContinued => Output.Any(item => item is not (ReasoningOutput or MessageOutput { Text.Length: 0 }));
}
