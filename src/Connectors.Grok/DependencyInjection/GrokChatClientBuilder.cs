using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures a registered <see cref="GrokChatClient"/>: settings, HTTP handlers, pipeline and conversations.</summary>
public sealed class GrokChatClientBuilder
{
    private readonly GrokRegistration _registration;

    internal GrokChatClientBuilder(IServiceCollection services, GrokRegistration registration, IHttpClientBuilder httpClient)
    {
        Services = services;
        HttpClient = httpClient;
        _registration = registration;
    }

    /// <summary>The services in which the client is registered.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key of the client; null for none.</summary>
    public object? ServiceKey => _registration.Key;

    /// <summary>The name of its <see cref="GrokChatClientOptions"/>.</summary>
    public string Name => _registration.Name;

    /// <summary>The HttpClient of the client: handlers added here see every attempt of every request.</summary>
    /// <remarks>
    /// Its Timeout is infinite, because <see cref="GrokChatClientOptions.Timeout"/> applies. One HttpClient lives as long as the client, so
    /// that the factory's handler lifetime has no effect; connections are renewed every five minutes.
    /// </remarks>
    public IHttpClientBuilder HttpClient { get; }

    /// <summary>Sets options in code, after those of the configuration and of earlier calls.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public GrokChatClientBuilder Configure(Action<GrokChatClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>Reads the settings from another section of the application's configuration, instead of <c>Grok</c>.</summary>
    /// <param name="sectionPath">The section's path, such as <c>Grok:Fast</c>. The section must exist when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="sectionPath"/> is null or blank.</exception>
    public GrokChatClientBuilder BindConfiguration(string sectionPath)
    {
        _registration.Source = ConfigurationSource.FromPath(sectionPath);
        return this;
    }

    /// <summary>Reads the settings from a configuration section, instead of <c>Grok</c>.</summary>
    /// <param name="section">The section. It must exist when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> is null.</exception>
    public GrokChatClientBuilder Bind(IConfigurationSection section)
    {
        _registration.Source = ConfigurationSource.FromSection(section);
        return this;
    }

    /// <summary>
    /// Reads endpoint, key and model from a connection string of the application's configuration, after the section and before options set in code: an address, or
    /// <c>Endpoint=…;Key=…;Deployment=…</c> as .NET Aspire writes it. A key of the section is not used with the endpoint of a connection string.
    /// </summary>
    /// <param name="connectionName">The name, such as <c>chat</c>. The connection string must exist when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="connectionName"/> is null or blank.</exception>
    public GrokChatClientBuilder BindConnectionString(string connectionName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        _registration.ConnectionName = connectionName;
        return this;
    }

    /// <summary>Wraps the client: the application's <see cref="IChatClient"/> is the returned layer. The first layer added is the outermost.</summary>
    /// <param name="layer">Creates the layer over the client, or over the layers added later. It must not return null.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="layer"/> is null.</exception>
    public GrokChatClientBuilder Use(Func<IChatClient, IChatClient> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Use((client, _) => layer(client));
    }

    /// <summary>Wraps the client: the application's <see cref="IChatClient"/> is the returned layer. The first layer added is the outermost.</summary>
    /// <param name="layer">Creates the layer over the client, or over the layers added later, with the application's services. It must not return null.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="layer"/> is null.</exception>
    public GrokChatClientBuilder Use(Func<IChatClient, IServiceProvider, IChatClient> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        _registration.Layers.Add(layer);
        return this;
    }

    /// <summary>
    /// Puts a <see cref="ConversationChatClient"/> into the pipeline, at the position of this call: inside the layers added before it,
    /// around those added later. Also registers it, its <see cref="ConversationManager"/> and its <see cref="ConversationStore"/>, under the same key.
    /// </summary>
    /// <remarks>
    /// Resolving <see cref="ConversationChatClient"/> throws an <see cref="InvalidOperationException"/> when layers were added before this call,
    /// because a call through it would skip them; resolve <see cref="IChatClient"/> then.
    /// </remarks>
    /// <param name="configure">Chooses the store and changes the options; null for conversations in memory.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">The pipeline already has conversations.</exception>
    public GrokChatClientBuilder AddConversations(Action<GrokConversationsBuilder>? configure = null)
    {
        var conversations = ConversationsRegistration.Add(Services, ServiceKey);
        if (conversations.IsInPipeline)
        {
            throw new InvalidOperationException("The pipeline of this client already has conversations.");
        }

        conversations.IsInPipeline = true;
        configure?.Invoke(new GrokConversationsBuilder(Services, conversations));
        return Use(conversations.Over);
    }

    /// <summary>Registers the <see cref="GrokFileClient"/> of this client as the application's <see cref="IHostedFileClient"/>, under the same key.</summary>
    /// <returns>This builder.</returns>
    public GrokChatClientBuilder AddHostedFiles()
    {
        Services.AddKeyedSingleton<IHostedFileClient>(ServiceKey, static (services, key) => services.GetRequiredKeyedService<GrokFileClient>(key));
        return this;
    }

    /// <summary>
    /// Adds history tracking to the pipeline, for hosts that pass the whole history with every call: see
    /// <see cref="GrokHistoryTrackingExtensions.AsHistoryTrackingClient"/>. Layers that invoke functions are added before it.
    /// </summary>
    /// <param name="configure">Changes the <see cref="HistoryTrackingOptions"/> of this client's name; null for the defaults.</param>
    /// <returns>This builder.</returns>
    public GrokChatClientBuilder AddHistoryTracking(Action<HistoryTrackingOptions>? configure = null)
    {
        var options = Services.AddOptions<HistoryTrackingOptions>(Name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return Use((client, services) => client.AsHistoryTrackingClient(services.GetRequiredService<IOptionsMonitor<HistoryTrackingOptions>>().Get(Name)));
    }

    /// <summary>
    /// Keeps the handlers that <c>ConfigureHttpClientDefaults</c> gives to every HttpClient of the application, such as service discovery.
    /// By default they are removed: a resilience handler among them ends attempts after seconds, while answers take minutes.
    /// </summary>
    /// <returns>This builder.</returns>
    public GrokChatClientBuilder KeepInheritedHandlers()
    {
        _registration.KeepsInheritedHandlers = true;
        return this;
    }
}
