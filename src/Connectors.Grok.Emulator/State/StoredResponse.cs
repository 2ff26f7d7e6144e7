using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>A stored response: its JSON, the input items of its request, and the conversation that a later request continues.</summary>
internal sealed record StoredResponse(string Id, string? PreviousId, DateTimeOffset CreatedAt, byte[] Json, IReadOnlyList<InputItem> InputItems, ConversationNode Conversation, bool HasOutput)
{
    /// <summary>The part of the store that holds the response; requests to another part do not find it.</summary>
    public string Part { get; init; } = "";

    /// <summary>An estimate of the memory that the response and the content of its request occupy.</summary>
    public long Bytes { get; init; }

    /// <summary>The time from which the response can be found.</summary>
    public DateTimeOffset ReadableFrom { get; init; }
}
