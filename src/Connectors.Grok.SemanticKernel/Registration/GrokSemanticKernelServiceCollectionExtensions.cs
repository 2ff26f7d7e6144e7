using Connectors.Grok;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers Grok for the kernels of an application. A client alone is registered with <c>AddGrokChatClient</c> of the connector, and
/// <see cref="GrokSemanticKernelBuilderExtensions.ForSemanticKernel"/> makes it invoke the kernel's functions.
/// </summary>
public static class GrokSemanticKernelServiceCollectionExtensions
{
    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, of a model.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    /// <param name="endpoint">The API's address; null for <c>XAI_BASE_URL</c>, else xAI's.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    /// <param name="httpClient">Sends the requests, as it is, and is never disposed; null for one of the application's <c>IHttpClientFactory</c>.</param>
    public static IServiceCollection AddGrokChatCompletion(this IServiceCollection services, string modelId, string? apiKey, Uri? endpoint = null, string? serviceId = null, HttpClient? httpClient = null)
    {
        KernelRegistration.AddClient(services, modelId, apiKey, endpoint, serviceId, httpClient);
        KernelRegistration.AddService(services, serviceId);
        return services;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, over a client that exists, or that is registered.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelId">The model that is asked for where the settings name none.</param>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one; null for the <see cref="GrokChatClient"/> that is registered under the id, or without one.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    public static IServiceCollection AddGrokChatCompletion(this IServiceCollection services, string modelId, IChatClient? client = null, string? serviceId = null)
    {
        KernelRegistration.AddClient(services, modelId, client, serviceId);
        KernelRegistration.AddService(services, serviceId);
        return services;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, with options set in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; they are read when the service is first asked for, and a <see cref="KernelException"/> says what is wrong with them.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    public static IServiceCollection AddGrokChatCompletion(this IServiceCollection services, Action<GrokChatClientOptions> configure, string? serviceId = null)
    {
        KernelRegistration.AddClient(services, configure, serviceId);
        KernelRegistration.AddService(services, serviceId);
        return services;
    }
}
