using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Has the service write summaries. A layer above finds it with <c>GetService</c>; the client of this library is one.</summary>
internal interface IHistoryCompactor
{
    /// <summary>Has the service write a summary that takes the place of messages.</summary>
    /// <param name="messages">The messages, from the beginning.</param>
    /// <param name="options">The model, and the instructions in force; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A message of the assistant that holds the summary, and what it cost. Sent back, it stands before the messages that follow.</returns>
    /// <exception cref="GrokException">The service refused or failed.</exception>
    Task<ChatResponse> CompactAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken);

    /// <summary>The number of tokens that a conversation with a model should not reach; null when it is unknown.</summary>
    long? LimitOf(string model);
}
