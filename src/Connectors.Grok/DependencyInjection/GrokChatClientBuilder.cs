using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.AI;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A registered <see cref="GrokChatClient"/>: its settings, its HTTP handlers, its pipeline, its conversations.</summary>
public sealed class GrokChatClientBuilder
{
    private readonly GrokRegistration _registration;

    internal GrokChatClientBuilder(IServiceCollection services, GrokRegistration registration, IHttpClientBuilder httpClient)
    {
        Services = services;
        HttpClient = httpClient;
        _registration = registration;
    }

    /// <summary>The services it is registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key it is registered under; null for none.</summary>
    public object? ServiceKey => _registration.Key;

    /// <summary>The name of its <see cref="GrokChatClientOptions"/>.</summary>
    public string Name => _registration.Name;

    /// <summary>The HttpClient it sends with: handlers added here see every attempt of every request.</summary>
    /// <remarks>
    /// Its Timeout is infinite, because <see cref="GrokChatClientOptions.Timeout"/> governs. One HttpClient lives as long as the client, so
    /// that the factory's handler lifetime has no effect; connections are renewed every five minutes.
    /// </remarks>
    public IHttpClientBuilder HttpClient { get; }

    /// <summary>Changes the options, after what was said about them before.</summary>
    /// <param name="configure">Changes the options.</param>
    public GrokChatClientBuilder Configure(Action<GrokChatClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>Wraps the client: the <see cref="IChatClient"/> that the application gets is what this returns. The first layer is the outermost.</summary>
    /// <param name="layer">Makes the layer over the client, or over the layers added later.</param>
    public GrokChatClientBuilder Use(Func<IChatClient, IChatClient> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Use((client, _) => layer(client));
    }

    /// <summary>Wraps the client: the <see cref="IChatClient"/> that the application gets is what this returns. The first layer is the outermost.</summary>
    /// <param name="layer">Makes the layer over the client, or over the layers added later, with the application's services.</param>
    public GrokChatClientBuilder Use(Func<IChatClient, IServiceProvider, IChatClient> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        _registration.Layers.Add(layer);
        return this;
    }

    /// <summary>
    /// Puts a <see cref="ConversationChatClient"/> into the pipeline, in the place of this call: inside of the layers added before it,
    /// around those added later. Also registers it, its <see cref="ConversationManager"/> and its <see cref="ConversationStore"/>, under the same key.
    /// </summary>
    /// <param name="configure">Chooses the store and changes the options; null for conversations in memory.</param>
    /// <exception cref="InvalidOperationException">The pipeline has conversations already.</exception>
    public GrokChatClientBuilder AddConversations(Action<GrokConversationsBuilder>? configure = null)
    {
        var conversations = ConversationsRegistration.Add(Services, ServiceKey, Name, null);
        if (conversations.IsInPipeline)
        {
            throw new InvalidOperationException("This client's pipeline has conversations already.");
        }

        conversations.IsInPipeline = true;
        configure?.Invoke(new GrokConversationsBuilder(Services, conversations));
        return Use(conversations.Over);
    }

    /// <summary>
    /// Keeps the handlers that <c>ConfigureHttpClientDefaults</c> gives to every HttpClient of the application, such as service discovery.
    /// By default they are left out: a resilience handler among them ends attempts after seconds, and answers take minutes.
    /// </summary>
    public GrokChatClientBuilder KeepInheritedHandlers()
    {
        _registration.KeepsInheritedHandlers = true;
        return this;
    }
}
