using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Creates the layers between Semantic Kernel and the client.</summary>
internal static class KernelPipeline
{
    /// <summary>
    /// Adds layers that invoke kernel functions with their filters, emit spans and metrics, convert function results to text, and track the
    /// history. Returns a client that already invokes functions unchanged. Adds no telemetry to a client that emits it already.
    /// </summary>
    public static IChatClient Create(IChatClient client, ILoggerFactory? loggerFactory, IServiceProvider? services, HistoryTrackingOptions? options, KernelTelemetry telemetry = default)
    {
        if (client.GetService<FunctionInvokingChatClient>() is not null)
        {
            return client;
        }

        // Function invocation takes the source of its own spans from the layer below it.
        var pipeline = client.AsBuilder().UseKernelFunctionInvocation(loggerFactory);
        if (client.GetService<OpenTelemetryChatClient>() is null)
        {
            pipeline.UseOpenTelemetry(loggerFactory, telemetry.SourceName, telemetry.Configure);
        }

        return pipeline
            .Use(static inner => new KernelResultClient(inner))
            .Use(inner => inner.AsHistoryTrackingClient(options))
            .Build(services);
    }
}

/// <summary>The settings of the telemetry layer.</summary>
/// <param name="SourceName">The name of the activity source and of the meter; null for the default of Microsoft.Extensions.AI.</param>
/// <param name="Configure">Configures the layer; null for the defaults.</param>
internal readonly record struct KernelTelemetry(string? SourceName, Action<OpenTelemetryChatClient>? Configure);
