using Connectors.Grok;
using Connectors.Grok.DependencyInjection;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers Grok as the application's <see cref="IChatClient"/>, and with it <see cref="GrokChatClient"/> and <see cref="GrokResponsesClient"/>,
/// all of them singletons.
/// </summary>
/// <remarks>
/// Requests go through an HttpClient of the application's <see cref="IHttpClientFactory"/>. The options are checked when the host starts;
/// an <see cref="OptionsValidationException"/> names the setting that is wrong. A logger factory and a <see cref="TimeProvider"/> of the
/// application are used. A second registration under the same key and name adds to the first one.
/// </remarks>
public static class GrokServiceCollectionExtensions
{
    private const string DefaultSection = "Grok";

    /// <summary>Registers a client with the settings of the configuration section <c>Grok</c>, if there is one.</summary>
    /// <param name="services">The application's services.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IServiceCollection services) =>
        Add(services, null, null, new(DefaultSection, null, IsRequired: false));

    /// <summary>Registers a client with the settings of a configuration section, and the options of the same name.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The section's path, such as <c>Grok</c>, and the options' name. At start there must be one of the two.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IServiceCollection services, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(services, null, name, new(name, null, IsRequired: true));
    }

    /// <summary>Registers a client of a model.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IServiceCollection services, string model, string? apiKey) =>
        AddKeyedGrokChatClient(services, null, model, apiKey);

    /// <summary>Registers a client with the settings of a configuration section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The section; it must exist at start.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IServiceCollection services, IConfigurationSection section) =>
        AddKeyedGrokChatClient(services, null, section);

    /// <summary>Registers a client with options set in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IServiceCollection services, Action<GrokChatClientOptions> configure) =>
        AddKeyedGrokChatClient(services, null, configure);

    /// <summary>Registers a client under a key, with the settings of a configuration section, and the options of the same name.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="name">The section's path, such as <c>Grok:Fast</c>, and the options' name. At start there must be one of the two.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IServiceCollection services, object? serviceKey, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(services, serviceKey, name, new(name, null, IsRequired: true));
    }

    /// <summary>Registers a client of a model under a key, which also names its options.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IServiceCollection services, object? serviceKey, string model, string? apiKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        return AddKeyedGrokChatClient(services, serviceKey, options => (options.Model, options.ApiKey) = (model, apiKey));
    }

    /// <summary>Registers a client under a key, which also names its options, with the settings of a configuration section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="section">The section; it must exist at start.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IServiceCollection services, object? serviceKey, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, serviceKey, null, new(section.Path, section, IsRequired: true));
    }

    /// <summary>Registers a client under a key, which also names its options, with options set in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="configure">Sets the options.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IServiceCollection services, object? serviceKey, Action<GrokChatClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, serviceKey, null, null).Configure(configure);
    }

    private static GrokChatClientBuilder Add(IServiceCollection services, object? key, string? name, ConfigurationSource? source)
    {
        ArgumentNullException.ThrowIfNull(services);
        name ??= GrokRegistration.NameOf(services, key);
        var registration = GrokRegistration.Find(services, key, name);
        if (registration is null)
        {
            registration = new GrokRegistration(key, name);
            services.AddSingleton(registration);
            AddOptions(services, registration);
            AddHttpClient(services, registration);
            AddClients(services, registration);
        }

        registration.Source = source ?? registration.Source;
        return new(services, registration, services.AddHttpClient(registration.HttpClientName));
    }

    private static void AddOptions(IServiceCollection services, GrokRegistration registration)
    {
        services.AddOptions<GrokChatClientOptions>(registration.Name).ValidateOnStart();
        services.AddSingleton<IConfigureOptions<GrokChatClientOptions>>(sp => new GrokOptionsSetup(registration, sp));
        services.AddSingleton<IPostConfigureOptions<GrokChatClientOptions>>(sp => new GrokOptionsSetup(registration, sp));
        services.AddSingleton<IValidateOptions<GrokChatClientOptions>>(sp => new GrokOptionsSetup(registration, sp));
    }

    private static void AddHttpClient(IServiceCollection services, GrokRegistration registration) =>
        services.AddHttpClient(registration.HttpClientName)
            .ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan)
            // One client for good: its connections are renewed, and no handler is disposed under an answer that takes its time.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RedactLoggedHeaders(static _ => true)
            .ConfigurePrimaryHttpMessageHandler((handler, sp) =>
            {
                // Another kind of handler is the application's own choice: a test's, say.
                if (handler is SocketsHttpHandler sockets)
                {
                    OwnHandlers.SetUp(sockets, OptionsOf(sp, registration).ConnectTimeout);
                }
            })
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
            {
                // What stands here now comes from ConfigureHttpClientDefaults; the builder's own handlers are added afterwards.
                if (!registration.KeepsInheritedHandlers)
                {
                    handlers.Clear();
                }
            });

    private static void AddClients(IServiceCollection services, GrokRegistration registration)
    {
        services.AddKeyedSingleton(registration.Key, (sp, _) => new GrokChatClient(
            OptionsOf(sp, registration), sp.GetRequiredService<IHttpClientFactory>().CreateClient(registration.HttpClientName)));
        services.AddKeyedSingleton(registration.Key, static (sp, key) => sp.GetRequiredKeyedService<GrokChatClient>(key).GetService<GrokResponsesClient>()!);
        services.AddKeyedSingleton(registration.Key, (sp, key) => new GrokPipeline(
            Enumerable.Reverse(registration.Layers).Aggregate<Func<IChatClient, IServiceProvider, IChatClient>, IChatClient>(
                sp.GetRequiredKeyedService<GrokChatClient>(key),
                (client, layer) => layer(client, sp) ?? throw new InvalidOperationException("A layer of the pipeline is null."))));
        services.AddKeyedSingleton(registration.Key, static (sp, key) => sp.GetRequiredKeyedService<GrokPipeline>(key).Client);
    }

    private static GrokChatClientOptions OptionsOf(IServiceProvider services, GrokRegistration registration) =>
        services.GetRequiredService<IOptionsMonitor<GrokChatClientOptions>>().Get(registration.Name);
}
