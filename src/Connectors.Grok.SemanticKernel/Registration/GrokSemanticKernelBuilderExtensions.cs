using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adapts a registered <see cref="GrokChatClient"/> to Semantic Kernel.</summary>
public static class GrokSemanticKernelBuilderExtensions
{
    /// <summary>
    /// Adds layers to the pipeline that invoke the kernel's functions with their filters, emit the spans and metrics of OpenTelemetry's conventions
    /// for generative AI, and send only new messages while xAI stores the conversation. Invalid settings of the client throw a <see cref="KernelException"/>.
    /// </summary>
    /// <remarks>
    /// If a layer added after this call emits that telemetry, with a source name or settings of its own, this method adds none.
    /// </remarks>
    /// <param name="builder">The registered client.</param>
    /// <param name="options">The options of the history tracking; null for those that the application configures under the client's name, or the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder ForSemanticKernel(this GrokChatClientBuilder builder, HistoryTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add(builder, options, default);
    }

    /// <summary>Registers an <see cref="IChatCompletionService"/> over the client, under the same key.</summary>
    /// <param name="builder">The registered client, with a key that is a string or null.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException">The key is not a string.</exception>
    public static GrokChatClientBuilder AddChatCompletionService(this GrokChatClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ServiceKey is not (null or string))
        {
            throw new ArgumentException("Semantic Kernel finds services by string ids, but the key of this client is not a string. Register the client with a string key or without a key.", nameof(builder));
        }

        KernelRegistration.AddService(builder.Services, (string?)builder.ServiceKey);
        return builder;
    }

    internal static GrokChatClientBuilder Add(GrokChatClientBuilder builder, HistoryTrackingOptions? options, KernelTelemetry telemetry)
    {
        builder.Services.AddSingleton<IValidateOptions<GrokChatClientOptions>>(new KernelOptionsValidation(builder.Name));
        return builder.Use((client, services) => KernelPipeline.Create(
            client, services.GetService<ILoggerFactory>(), services, options ?? services.GetService<IOptionsMonitor<HistoryTrackingOptions>>()?.Get(builder.Name), telemetry));
    }
}
