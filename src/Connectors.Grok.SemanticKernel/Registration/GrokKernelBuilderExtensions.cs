using Connectors.Grok;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel;

/// <summary>
/// Registers Grok in a kernel. Each method calls its counterpart of <see cref="GrokSemanticKernelServiceCollectionExtensions"/> on the kernel's services.
/// </summary>
public static class GrokKernelBuilderExtensions
{
    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, with a model.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="apiKey">The API key; null to use the configuration section <c>Grok</c>, or else the environment variable <c>XAI_API_KEY</c>.</param>
    /// <param name="endpoint">The API's address; null to use the configuration section <c>Grok</c>, or else <c>XAI_BASE_URL</c>, or else xAI's address.</param>
    /// <param name="serviceId">The id by which settings select the service; null for none.</param>
    /// <param name="httpClient">
    /// Sends the requests and is never disposed; with it, the configuration is not read. Null to use the application's <c>IHttpClientFactory</c>.
    /// </param>
    /// <param name="openTelemetrySourceName">The name of the activity source and of the meter of the chat spans and <c>gen_ai.client.*</c> metrics; null for the default of Microsoft.Extensions.AI.</param>
    /// <param name="openTelemetryConfig">Configures that telemetry, for example <c>EnableSensitiveData</c>; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="modelId"/> is null or blank.</exception>
    public static IKernelBuilder AddGrokChatCompletion(
        this IKernelBuilder builder, string modelId, string? apiKey = null, Uri? endpoint = null, string? serviceId = null, HttpClient? httpClient = null,
        string? openTelemetrySourceName = null, Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrokChatCompletion(modelId, apiKey, endpoint, serviceId, httpClient, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, over an existing client.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one. Disposed with the services.</param>
    /// <param name="modelId">The model to request when the settings name none; null for the client's default.</param>
    /// <param name="serviceId">The id by which settings select the service; null for none.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="client"/> is null.</exception>
    public static IKernelBuilder AddGrokChatCompletion(this IKernelBuilder builder, IChatClient client, string? modelId = null, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrokChatCompletion(client, modelId, serviceId);
        return builder;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, with options set in code.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">
    /// Sets the options, after those of the configuration section <c>Grok</c>. They are validated when the service is first
    /// resolved; an invalid option throws a <see cref="KernelException"/> that names it.
    /// </param>
    /// <param name="serviceId">The id by which settings select the service; null for none.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="configure"/> is null.</exception>
    public static IKernelBuilder AddGrokChatCompletion(this IKernelBuilder builder, Action<GrokChatClientOptions> configure, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrokChatCompletion(configure, serviceId);
        return builder;
    }
}
