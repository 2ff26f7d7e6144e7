using Connectors.Grok;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers Grok for the kernels of an application. <c>AddGrokChatClient</c> of the core registers only a client;
/// <see cref="GrokSemanticKernelBuilderExtensions.ForSemanticKernel"/> lets that client invoke the kernel's functions.
/// </summary>
public static class GrokSemanticKernelServiceCollectionExtensions
{
    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, with a model.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="apiKey">The API key; null to use the configuration section <c>Grok</c>, or else the environment variable <c>XAI_API_KEY</c>.</param>
    /// <param name="endpoint">The API's address; null to use the configuration section <c>Grok</c>, or else <c>XAI_BASE_URL</c>, or else xAI's address.</param>
    /// <param name="serviceId">The id by which settings select the service; null for none.</param>
    /// <param name="httpClient">
    /// Sends the requests and is never disposed; with it, the configuration is not read. Null to use the application's <c>IHttpClientFactory</c>.
    /// </param>
    /// <param name="openTelemetrySourceName">The name of the activity source and of the meter of the chat spans and <c>gen_ai.client.*</c> metrics; null for the default of Microsoft.Extensions.AI.</param>
    /// <param name="openTelemetryConfig">Configures that telemetry, for example <c>EnableSensitiveData</c>; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="modelId"/> is null or blank.</exception>
    public static IServiceCollection AddGrokChatCompletion(
        this IServiceCollection services, string modelId, string? apiKey = null, Uri? endpoint = null, string? serviceId = null, HttpClient? httpClient = null,
        string? openTelemetrySourceName = null, Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        KernelRegistration.AddClient(services, modelId, apiKey, endpoint, serviceId, httpClient, new(openTelemetrySourceName, openTelemetryConfig));
        KernelRegistration.AddService(services, serviceId);
        return services;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, over an existing client.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one. Disposed with the services.</param>
    /// <param name="modelId">The model to request when the settings name none; null for the client's default.</param>
    /// <param name="serviceId">The id by which settings select the service; null for none.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="client"/> is null.</exception>
    public static IServiceCollection AddGrokChatCompletion(this IServiceCollection services, IChatClient client, string? modelId = null, string? serviceId = null)
    {
        KernelRegistration.AddClient(services, client, modelId, serviceId);
        KernelRegistration.AddService(services, serviceId);
        return services;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, with options set in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">
    /// Sets the options, after those of the configuration section <c>Grok</c>. They are validated when the service is first
    /// resolved; an invalid option throws a <see cref="KernelException"/> that names it.
    /// </param>
    /// <param name="serviceId">The id by which settings select the service; null for none.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="configure"/> is null.</exception>
    public static IServiceCollection AddGrokChatCompletion(this IServiceCollection services, Action<GrokChatClientOptions> configure, string? serviceId = null)
    {
        KernelRegistration.AddClient(services, configure, serviceId);
        KernelRegistration.AddService(services, serviceId);
        return services;
    }
}
