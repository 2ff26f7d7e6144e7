using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Creates the layers between Semantic Kernel and the client.</summary>
internal static class KernelPipeline
{
    /// <summary>Adds layers that invoke kernel functions with their filters, convert function results to text, and track the history. Returns a client that already invokes functions unchanged.</summary>
    public static IChatClient Create(IChatClient client, ILoggerFactory? loggerFactory, IServiceProvider? services, HistoryTrackingOptions? options) =>
        client.GetService<FunctionInvokingChatClient>() is not null
            ? client
            : client.AsBuilder()
                .UseKernelFunctionInvocation(loggerFactory)
                .Use(static inner => new KernelResultClient(inner))
                .Use(inner => inner.AsHistoryTrackingClient(options))
                .Build(services);
}
