using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Prepares chat clients for Semantic Kernel.</summary>
public static class GrokSemanticKernelExtensions
{
    /// <summary>
    /// Wraps a client for Semantic Kernel, which passes the whole history with every call. Equivalent to
    /// <see cref="GrokHistoryTrackingExtensions.AsHistoryTrackingClient"/>.
    /// </summary>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one, below the function invocation. Disposed with the returned client.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The client that tracks histories.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range; <c>ParamName</c> is its name.</exception>
    public static IChatClient ForSemanticKernel(this IChatClient client, HistoryTrackingOptions? options = null) => client.AsHistoryTrackingClient(options);
}
