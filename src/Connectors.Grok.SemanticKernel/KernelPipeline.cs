using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>What stands between Semantic Kernel and the client.</summary>
internal static class KernelPipeline
{
    /// <summary>Kernel functions and their filters, results in words, state without a conversation id. A client that invokes functions by itself is left as it is.</summary>
    public static IChatClient Over(IChatClient client, ILoggerFactory? loggerFactory, IServiceProvider? services, HistoryTrackingOptions? options) =>
        client.GetService<FunctionInvokingChatClient>() is not null
            ? client
            : client.AsBuilder()
                .UseKernelFunctionInvocation(loggerFactory)
                .Use(static inner => new KernelResultClient(inner))
                .Use(inner => inner.AsHistoryTrackingClient(options))
                .Build(services);
}
