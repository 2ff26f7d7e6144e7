namespace Connectors.Grok.Conversations.Engine;

/// <summary>What the messages of a call are, in relation to its conversation.</summary>
internal enum PassedMessages
{
    /// <summary>They hold no answer of the conversation: they follow the head.</summary>
    New,

    /// <summary>They begin with the messages up to a turn: the rest follows that turn.</summary>
    WholeHistory,

    /// <summary>They hold answers of the conversation, but not its beginning: a window, a summary, an edited beginning. The model sees exactly these messages.</summary>
    OwnView,
}
