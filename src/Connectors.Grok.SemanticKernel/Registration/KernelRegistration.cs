using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel;

/// <summary>The shared implementation of the registration methods.</summary>
internal static class KernelRegistration
{
    /// <summary>Registers the pipeline over a client of the core's registration, or over the caller's HttpClient.</summary>
    public static void AddClient(IServiceCollection services, string modelId, string? apiKey, Uri? endpoint, string? serviceId, HttpClient? httpClient, KernelTelemetry telemetry)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        if (httpClient is null)
        {
            AddClient(services, options => Set(options), serviceId, telemetry);
            return;
        }

        services.AddKeyedSingleton(serviceId, (sp, _) => KernelPipeline.Create(
            WithKernelException(() => new GrokChatClient(Set(new() { LoggerFactory = sp.GetService<ILoggerFactory>() }), httpClient)), sp.GetService<ILoggerFactory>(), sp, Tracking(sp, serviceId), telemetry));

        GrokChatClientOptions Set(GrokChatClientOptions options)
        {
            (options.Model, options.ApiKey, options.Endpoint) = (modelId, apiKey ?? options.ApiKey, endpoint ?? options.Endpoint);
            return options;
        }
    }

    /// <summary>Registers the pipeline over a client of the core's registration.</summary>
    public static void AddClient(IServiceCollection services, Action<GrokChatClientOptions> configure, string? serviceId, KernelTelemetry telemetry = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        GrokSemanticKernelBuilderExtensions.Add(services.AddKeyedGrokChatClient(serviceId, configure), null, telemetry);
    }

    /// <summary>Registers the pipeline over an existing client.</summary>
    public static void AddClient(IServiceCollection services, IChatClient client, string? modelId, string? serviceId)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(client);
        services.AddKeyedSingleton(serviceId, (sp, _) => KernelPipeline.Create(
            string.IsNullOrWhiteSpace(modelId) ? client : client.AsBuilder().ConfigureOptions(o => o.ModelId ??= modelId).Build(sp), sp.GetService<ILoggerFactory>(), sp, Tracking(sp, serviceId)));
    }

    /// <summary>Registers the chat completion service over the Grok client of the same id.</summary>
    public static void AddService(IServiceCollection services, string? serviceId) =>
        services.AddKeyedSingleton<IChatCompletionService>(serviceId, (sp, _) => new GrokChatCompletionService(Pipeline(sp, serviceId), sp.GetService<ILoggerFactory>()));

    /// <summary>Creates a client or options; throws a <see cref="KernelException"/> instead of an <see cref="ArgumentException"/>, for example when the API key is missing.</summary>
    public static T WithKernelException<T>(Func<T> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException e)
        {
            throw new KernelException(e.Message, e);
        }
    }

    /// <summary>The options of the history tracking that the application configured under the id; null for the defaults.</summary>
    private static HistoryTrackingOptions? Tracking(IServiceProvider services, string? serviceId) =>
        services.GetService<IOptionsMonitor<HistoryTrackingOptions>>()?.Get(serviceId ?? Options.DefaultName);

    /// <summary>Finds the last registered Grok client. Without an id, clients of other providers can be registered under the same key.</summary>
    private static IChatClient Pipeline(IServiceProvider services, string? serviceId) =>
        (serviceId is null ? services.GetServices<IChatClient>() : services.GetKeyedServices<IChatClient>(serviceId))
        .Last(static c => c.GetService<GrokChatClient>() is not null);
}

/// <summary>Validates the options of a client; invalid options throw a <see cref="KernelException"/>.</summary>
/// <param name="optionsName">The name of the options to validate.</param>
internal sealed class KernelOptionsValidation(string optionsName) : IValidateOptions<GrokChatClientOptions>
{
    public ValidateOptionsResult Validate(string? name, GrokChatClientOptions options) =>
        name != optionsName ? ValidateOptionsResult.Skip : KernelRegistration.WithKernelException(() =>
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        });
}
