namespace Connectors.Grok.Tests.Cost;

/// <summary>How a program continues its conversation.</summary>
internal enum CostMode
{
    /// <summary>The program resends all messages, without reasoning and without a cache key.</summary>
    NoState,

    /// <summary>The program sends the new message with <c>previous_response_id</c>, without a cache key.</summary>
    State,

    /// <summary>A conversation client with its defaults.</summary>
    CacheKey,

    /// <summary>A conversation client that compacts, with the defaults of <c>ConversationCompaction</c>.</summary>
    Compaction,
}
