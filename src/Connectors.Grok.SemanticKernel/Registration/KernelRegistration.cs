using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel;

/// <summary>What the registrations have in common.</summary>
internal static class KernelRegistration
{
    /// <summary>Registers the client's pipeline over the core's own registration, or over the caller's HttpClient.</summary>
    public static void AddClient(IServiceCollection services, string modelId, string? apiKey, Uri? endpoint, string? serviceId, HttpClient? httpClient)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        if (httpClient is null)
        {
            AddClient(services, options => Set(options), serviceId);
            return;
        }

        services.AddKeyedSingleton(serviceId, (sp, _) => KernelPipeline.Over(
            Grok(() => new GrokChatClient(Set(new() { LoggerFactory = sp.GetService<ILoggerFactory>() }), httpClient)), sp.GetService<ILoggerFactory>(), sp, null));

        GrokChatClientOptions Set(GrokChatClientOptions options)
        {
            (options.Model, options.ApiKey, options.Endpoint) = (modelId, apiKey ?? options.ApiKey, endpoint ?? options.Endpoint);
            return options;
        }
    }

    /// <summary>Registers the client's pipeline over the core's own registration.</summary>
    public static void AddClient(IServiceCollection services, Action<GrokChatClientOptions> configure, string? serviceId)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddKeyedGrokChatClient(serviceId, configure).ForSemanticKernel();
    }

    /// <summary>Registers the pipeline over an existing client.</summary>
    public static void AddClient(IServiceCollection services, IChatClient client, string? modelId, string? serviceId)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(client);
        services.AddKeyedSingleton(serviceId, (sp, _) => KernelPipeline.Over(
            string.IsNullOrWhiteSpace(modelId) ? client : client.AsBuilder().ConfigureOptions(o => o.ModelId ??= modelId).Build(sp), sp.GetService<ILoggerFactory>(), sp, null));
    }

    /// <summary>Registers the chat completion service over the Grok client of the same id.</summary>
    public static void AddService(IServiceCollection services, string? serviceId) =>
        services.AddKeyedSingleton<IChatCompletionService>(serviceId, (sp, _) => new GrokChatCompletionService(Pipeline(sp, serviceId), sp.GetService<ILoggerFactory>()));

    /// <summary>An exception of Semantic Kernel's for a client that cannot be made: its key is missing, say.</summary>
    public static T Grok<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw new KernelException(e.Message, e);
        }
    }

    /// <summary>The last one that is Grok: without an id, clients of other providers may stand beside it.</summary>
    private static IChatClient Pipeline(IServiceProvider services, string? serviceId) =>
        (serviceId is null ? services.GetServices<IChatClient>() : services.GetKeyedServices<IChatClient>(serviceId))
        .Last(static c => c.GetService<GrokChatClient>() is not null);
}

/// <summary>Settings that do not hold are a <see cref="KernelException"/> for who asks the kernel for the service.</summary>
/// <param name="registered">The name of the options.</param>
internal sealed class KernelOptionsValidation(string registered) : IValidateOptions<GrokChatClientOptions>
{
    public ValidateOptionsResult Validate(string? name, GrokChatClientOptions options) =>
        name != registered ? ValidateOptionsResult.Skip : KernelRegistration.Grok(() =>
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        });
}
