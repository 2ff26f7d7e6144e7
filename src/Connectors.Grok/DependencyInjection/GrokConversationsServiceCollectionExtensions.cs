using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers <see cref="ConversationChatClient"/> over the pipeline of <c>AddGrokChatClient</c> (without one, over the registered chat client), its <see cref="ConversationManager"/> and its
/// <see cref="ConversationStore"/>, all of them singletons.
/// </summary>
/// <remarks>
/// The chat client itself stays what it is; <see cref="GrokChatClientBuilder.AddConversations"/> puts conversations into its pipeline.
/// A store registered before is used; otherwise conversations are kept in memory until the builder chooses another store.
/// The options are checked when the host starts. A second registration under the same key adds to the first one.
/// </remarks>
public static class GrokConversationsServiceCollectionExtensions
{
    /// <summary>Registers conversations, with the settings of the section <c>Conversations</c> below those of the chat client, if there is one.</summary>
    /// <param name="services">The application's services.</param>
    public static GrokConversationsBuilder AddGrokConversations(this IServiceCollection services) => AddKeyedGrokConversations(services, null);

    /// <summary>Registers conversations with the settings of a configuration section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The section; it must exist at start.</param>
    public static GrokConversationsBuilder AddGrokConversations(this IServiceCollection services, IConfigurationSection section) =>
        AddKeyedGrokConversations(services, null, section);

    /// <summary>Registers conversations with options set in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    public static GrokConversationsBuilder AddGrokConversations(this IServiceCollection services, Action<ConversationOptions> configure) =>
        AddKeyedGrokConversations(services, null, configure);

    /// <summary>Registers conversations over the chat client of a key, under the same key. Without a store of their own they share the application's.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    public static GrokConversationsBuilder AddKeyedGrokConversations(this IServiceCollection services, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(services);
        return new(services, ConversationsRegistration.Add(services, serviceKey, null, null));
    }

    /// <summary>Registers conversations over the chat client of a key, under the same key, with the settings of a configuration section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="section">The section; it must exist at start.</param>
    public static GrokConversationsBuilder AddKeyedGrokConversations(this IServiceCollection services, object? serviceKey, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return new(services, ConversationsRegistration.Add(services, serviceKey, null, new(section.Path, section, IsRequired: true)));
    }

    /// <summary>Registers conversations over the chat client of a key, under the same key, with options set in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="configure">Sets the options.</param>
    public static GrokConversationsBuilder AddKeyedGrokConversations(this IServiceCollection services, object? serviceKey, Action<ConversationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return AddKeyedGrokConversations(services, serviceKey).Configure(configure);
    }
}
