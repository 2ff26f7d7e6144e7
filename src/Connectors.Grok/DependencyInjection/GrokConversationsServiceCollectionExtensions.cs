using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers <see cref="ConversationChatClient"/> over the pipeline of <c>AddGrokChatClient</c> (without one, over the registered chat client), its <see cref="ConversationManager"/> and its
/// <see cref="ConversationStore"/>, all of them singletons.
/// </summary>
/// <remarks>
/// The registered chat client is not changed; <see cref="GrokChatClientBuilder.AddConversations"/> puts conversations into its pipeline.
/// A store registered before is used; otherwise conversations are kept in memory until the builder chooses another store.
/// The options are checked when the host starts. A second registration under the same key adds to the first one.
/// </remarks>
public static class GrokConversationsServiceCollectionExtensions
{
    /// <summary>
    /// Registers conversations, with the settings of the section <c>Conversations</c> below those of the chat client, if the section exists, and
    /// of <paramref name="configure"/>, which is applied last. <see cref="GrokConversationsBuilder.BindConfiguration"/> selects another section.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; null to set none in code.</param>
    /// <returns>The builder of the registered conversations.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static GrokConversationsBuilder AddGrokConversations(this IServiceCollection services, Action<ConversationOptions>? configure = null) =>
        AddKeyedGrokConversations(services, null, configure);

    /// <summary>
    /// Registers conversations over the chat client of a key, under the same key; otherwise as <see cref="AddGrokConversations"/>.
    /// Keyed conversations without a store of their own share the application's store.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The key, which also names the options; null for none.</param>
    /// <param name="configure">Sets the options; null to set none in code.</param>
    /// <returns>The builder of the registered conversations.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static GrokConversationsBuilder AddKeyedGrokConversations(this IServiceCollection services, object? serviceKey, Action<ConversationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = new GrokConversationsBuilder(services, ConversationsRegistration.Add(services, serviceKey));
        return configure is null ? builder : builder.Configure(configure);
    }
}
