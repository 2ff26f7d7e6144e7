using Connectors.Grok;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel;

/// <summary>Registers Grok in a kernel.</summary>
public static class GrokKernelBuilderExtensions
{
    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, of a model.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    /// <param name="endpoint">The API's address; null for <c>XAI_BASE_URL</c>, else xAI's.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    /// <param name="httpClient">Sends the requests, as it is, and is never disposed; null for one of the application's <c>IHttpClientFactory</c>.</param>
    public static IKernelBuilder AddGrokChatCompletion(this IKernelBuilder builder, string modelId, string? apiKey, Uri? endpoint = null, string? serviceId = null, HttpClient? httpClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrokChatCompletion(modelId, apiKey, endpoint, serviceId, httpClient);
        return builder;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, over a client that exists, or that is registered.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelId">The model that is asked for where the settings name none.</param>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one; null for the <see cref="GrokChatClient"/> that is registered under the id, or without one.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    public static IKernelBuilder AddGrokChatCompletion(this IKernelBuilder builder, string modelId, IChatClient? client = null, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrokChatCompletion(modelId, client, serviceId);
        return builder;
    }

    /// <summary>Registers Grok as <c>IChatCompletionService</c> and as <see cref="IChatClient"/>, with options set in code.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Sets the options; they are read when the service is first asked for, and a <see cref="KernelException"/> says what is wrong with them.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    public static IKernelBuilder AddGrokChatCompletion(this IKernelBuilder builder, Action<GrokChatClientOptions> configure, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrokChatCompletion(configure, serviceId);
        return builder;
    }

    /// <summary>Registers Grok as <see cref="IChatClient"/> that invokes the kernel's functions, of a model.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    /// <param name="endpoint">The API's address; null for <c>XAI_BASE_URL</c>, else xAI's.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    /// <param name="httpClient">Sends the requests, as it is, and is never disposed; null for one of the application's <c>IHttpClientFactory</c>.</param>
    public static IKernelBuilder AddGrokChatClient(this IKernelBuilder builder, string modelId, string? apiKey, Uri? endpoint = null, string? serviceId = null, HttpClient? httpClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        KernelRegistration.AddClient(builder.Services, modelId, apiKey, endpoint, serviceId, httpClient);
        return builder;
    }

    /// <summary>Registers Grok as <see cref="IChatClient"/> that invokes the kernel's functions, over a client that exists, or that is registered.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelId">The model that is asked for where the settings name none.</param>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one; null for the <see cref="GrokChatClient"/> that is registered under the id, or without one.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    public static IKernelBuilder AddGrokChatClient(this IKernelBuilder builder, string modelId, IChatClient? client = null, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        KernelRegistration.AddClient(builder.Services, modelId, client, serviceId);
        return builder;
    }

    /// <summary>Registers Grok as <see cref="IChatClient"/> that invokes the kernel's functions, with options set in code.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Sets the options; they are read when the service is first asked for, and a <see cref="KernelException"/> says what is wrong with them.</param>
    /// <param name="serviceId">The id by which settings choose the service; null for none.</param>
    public static IKernelBuilder AddGrokChatClient(this IKernelBuilder builder, Action<GrokChatClientOptions> configure, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        KernelRegistration.AddClient(builder.Services, configure, serviceId);
        return builder;
    }
}
