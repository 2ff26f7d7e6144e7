using Connectors.Grok;
using Connectors.Grok.DependencyInjection;
using Connectors.Grok.Foundation;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers Grok as the application's <see cref="IChatClient"/>, and with it <see cref="GrokChatClient"/>, <see cref="GrokResponsesClient"/>
/// and <see cref="GrokFileClient"/>, all of them singletons.
/// </summary>
/// <remarks>
/// Requests go through an HttpClient of the application's <see cref="IHttpClientFactory"/>. The options are checked when the host starts;
/// an <see cref="OptionsValidationException"/> names the wrong setting. The application's logger factory and <see cref="TimeProvider"/> are
/// used. The options are named after the key, so that <c>services.Configure&lt;GrokChatClientOptions&gt;(…)</c> applies to them too.
/// A second registration under the same key adds to the first one.
/// </remarks>
public static class GrokServiceCollectionExtensions
{
    /// <summary>
    /// Registers a client with the settings of the configuration section <c>Grok</c>, if the section exists, and of <paramref name="configure"/>,
    /// which is applied last. <see cref="GrokChatClientBuilder.BindConfiguration"/> selects another section.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; null to set none in code.</param>
    /// <returns>The builder of the registered client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static GrokChatClientBuilder AddGrokChatClient(this IServiceCollection services, Action<GrokChatClientOptions>? configure = null) =>
        AddKeyedGrokChatClient(services, null, configure);

    /// <summary>
    /// Registers a client under a key, with the settings of the configuration section <c>Grok</c>, if the section exists, and of
    /// <paramref name="configure"/>, which is applied last. <see cref="GrokChatClientBuilder.BindConfiguration"/> selects another section.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key, which also names the options; null for none.</param>
    /// <param name="configure">Sets the options; null to set none in code.</param>
    /// <returns>The builder of the registered client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IServiceCollection services, object? serviceKey, Action<GrokChatClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = GrokRegistration.Find(services, serviceKey);
        if (registration is null)
        {
            registration = new GrokRegistration(serviceKey, GrokRegistration.NameOf(services, serviceKey));
            services.AddSingleton(registration);
            services.AddSingleton<IHttpMessageHandlerBuilderFilter>(new RetryingHandlers(registration));
            AddOptions(services, registration);
            AddHttpClient(services, registration);
            AddClients(services, registration);
        }

        var builder = new GrokChatClientBuilder(services, registration, services.AddHttpClient(registration.HttpClientName));
        return configure is null ? builder : builder.Configure(configure);
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
            // One client lives as long as the application: connections are renewed, and no handler is disposed during a long answer.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RedactLoggedHeaders(static _ => true)
            .ConfigurePrimaryHttpMessageHandler((handler, sp) =>
            {
                // Another handler type was chosen by the application, for example by a test.
                if (handler is SocketsHttpHandler sockets)
                {
                    OwnHandlers.SetUp(sockets, GrokSettings.From(OptionsOf(sp, registration)));
                }
            })
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
            {
                // The handlers so far come from ConfigureHttpClientDefaults; those of the builder are added later.
                if (!registration.KeepsInheritedHandlers)
                {
                    handlers.Clear();
                }
            });

    private static void AddClients(IServiceCollection services, GrokRegistration registration)
    {
        services.AddKeyedSingleton(registration.Key, (sp, _) =>
        {
            var http = sp.GetRequiredService<IHttpClientFactory>().CreateClient(registration.HttpClientName);
            return GrokChatClient.From(RetryingHandlers.Settings(OptionsOf(sp, registration), registration), http);
        });
        services.AddKeyedSingleton(registration.Key, static (sp, key) => sp.GetRequiredKeyedService<GrokChatClient>(key).GetService<GrokResponsesClient>()!);
        services.AddKeyedSingleton(registration.Key, static (sp, key) => sp.GetRequiredKeyedService<GrokChatClient>(key).GetService<GrokFileClient>()!);
        services.AddKeyedSingleton(registration.Key, (sp, key) => new GrokPipeline(
            Enumerable.Reverse(registration.Layers).Aggregate<Func<IChatClient, IServiceProvider, IChatClient>, IChatClient>(
                sp.GetRequiredKeyedService<GrokChatClient>(key),
                (client, layer) => layer(client, sp) ?? throw new InvalidOperationException("A function passed to GrokChatClientBuilder.Use returned null. It must return an IChatClient."))));
        services.AddKeyedSingleton(registration.Key, static (sp, key) => sp.GetRequiredKeyedService<GrokPipeline>(key).Client);
    }

    private static GrokChatClientOptions OptionsOf(IServiceProvider services, GrokRegistration registration) =>
        services.GetRequiredService<IOptionsMonitor<GrokChatClientOptions>>().Get(registration.Name);
}
