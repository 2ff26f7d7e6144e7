using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registered conversations: their settings and their store.</summary>
public sealed class GrokConversationsBuilder
{
    private readonly ConversationsRegistration _registration;

    internal GrokConversationsBuilder(IServiceCollection services, ConversationsRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>The services they are registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key they are registered under, which is that of their chat client; null for none.</summary>
    public object? ServiceKey => _registration.Key;

    /// <summary>The name of their <see cref="ConversationOptions"/>.</summary>
    public string Name => _registration.Name;

    /// <summary>Changes the options, after what was said about them before.</summary>
    /// <param name="configure">Changes the options.</param>
    public GrokConversationsBuilder Configure(Action<ConversationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>Takes the tenant of each call from the application: see <see cref="ConversationOptions.TenantResolver"/>.</summary>
    /// <param name="resolver">Returns the tenant of the current call, for example from <c>IHttpContextAccessor</c>. It is given the application's root services.</param>
    /// <returns>The same builder.</returns>
    public GrokConversationsBuilder UseTenantResolver(Func<IServiceProvider, string?> resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        Services.AddOptions<ConversationOptions>(Name).Configure<IServiceProvider>((options, services) => options.TenantResolver = () => resolver(services));
        return this;
    }

    /// <summary>Keeps the conversations in the memory of this process.</summary>
    public GrokConversationsBuilder UseInMemory() => UseStore(static sp => new InMemoryConversationStore(sp.GetService<TimeProvider>()));

    /// <summary>Keeps the conversations in a store, as a singleton under this <see cref="ServiceKey"/>, instead of the one chosen before.</summary>
    /// <param name="factory">Makes the store. Called when the host starts: what is wrong with the store's settings is told then.</param>
    public GrokConversationsBuilder UseStore(Func<IServiceProvider, ConversationStore> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Services.RemoveAllKeyed<ConversationStore>(ServiceKey);
        Services.AddKeyedSingleton(ServiceKey, (sp, _) => factory(sp));
        return this;
    }
}
