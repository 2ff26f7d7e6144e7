using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A registered <see cref="GrokChatClient"/> as a kernel needs it.</summary>
public static class GrokSemanticKernelBuilderExtensions
{
    /// <summary>
    /// Puts into the pipeline, in the place of this call, what a kernel needs: its functions are invoked, with their filters, and only
    /// what is new is sent while the service has the conversation. Settings that do not hold are then a <see cref="KernelException"/>.
    /// </summary>
    /// <param name="builder">The registered client.</param>
    /// <param name="options">How state is kept; null for the defaults.</param>
    public static GrokChatClientBuilder ForSemanticKernel(this GrokChatClientBuilder builder, HistoryTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IValidateOptions<GrokChatClientOptions>>(new KernelOptionsValidation(builder.Name));
        return builder.Use((client, services) => KernelPipeline.Over(client, services.GetService<ILoggerFactory>(), services, options));
    }

    /// <summary>Registers an <see cref="IChatCompletionService"/> over the client, under the same key.</summary>
    /// <param name="builder">The registered client, with a key that is a text or null.</param>
    /// <exception cref="ArgumentException">The key is something else than a text.</exception>
    public static GrokChatClientBuilder AddChatCompletionService(this GrokChatClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ServiceKey is not (null or string))
        {
            throw new ArgumentException("Semantic Kernel finds services by ids that are texts; this client has another key.", nameof(builder));
        }

        KernelRegistration.AddService(builder.Services, (string?)builder.ServiceKey);
        return builder;
    }
}
