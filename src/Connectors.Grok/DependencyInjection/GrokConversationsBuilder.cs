using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures registered conversations: settings and store.</summary>
public sealed class GrokConversationsBuilder
{
    private readonly ConversationsRegistration _registration;

    internal GrokConversationsBuilder(IServiceCollection services, ConversationsRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>The services in which the conversations are registered.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key of the conversations, which equals that of their chat client; null for none.</summary>
    public object? ServiceKey => _registration.Key;

    /// <summary>The name of the <see cref="ConversationOptions"/>.</summary>
    public string Name => _registration.Name;

    /// <summary>Sets options in code, after those of the configuration and of earlier calls.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public GrokConversationsBuilder Configure(Action<ConversationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>Takes the tenant of each call from the application: see <see cref="ConversationOptions.TenantResolver"/>.</summary>
    /// <param name="resolver">Returns the tenant of the current call, for example from <c>IHttpContextAccessor</c>. Its argument is the root service provider.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="resolver"/> is null.</exception>
    public GrokConversationsBuilder UseTenantResolver(Func<IServiceProvider, string?> resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        Services.AddOptions<ConversationOptions>(Name).Configure<IServiceProvider>((options, services) => options.TenantResolver = () => resolver(services));
        return this;
    }

    /// <summary>Reads the settings from another section of the application's configuration, instead of <c>Conversations</c> below the section of the chat client.</summary>
    /// <param name="sectionPath">The section's path, such as <c>Grok:Support</c>. The section must exist when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="sectionPath"/> is null or blank.</exception>
    public GrokConversationsBuilder BindConfiguration(string sectionPath)
    {
        _registration.Source = ConfigurationSource.FromPath(sectionPath);
        return this;
    }

    /// <summary>Reads the settings from a configuration section, instead of <c>Conversations</c> below the section of the chat client.</summary>
    /// <param name="section">The section. It must exist when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> is null.</exception>
    public GrokConversationsBuilder Bind(IConfigurationSection section)
    {
        _registration.Source = ConfigurationSource.FromSection(section);
        return this;
    }

    /// <summary>Keeps the conversations in the memory of this process.</summary>
    /// <returns>This builder.</returns>
    public GrokConversationsBuilder UseInMemory() => UseStore(static sp => new InMemoryConversationStore(sp.GetService<TimeProvider>()));

    /// <summary>Keeps the conversations in a store, as a singleton under this <see cref="ServiceKey"/>, instead of the one chosen before.</summary>
    /// <param name="factory">Creates the store. It is called when the host starts, so that wrong settings of the store fail then.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is null.</exception>
    public GrokConversationsBuilder UseStore(Func<IServiceProvider, ConversationStore> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Services.RemoveAllKeyed<ConversationStore>(ServiceKey);
        Services.AddKeyedSingleton(ServiceKey, (sp, _) => factory(sp));
        return this;
    }
}
