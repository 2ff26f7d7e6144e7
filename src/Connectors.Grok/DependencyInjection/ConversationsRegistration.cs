using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.DependencyInjection;

/// <summary>The conversations over the chat client of one key.</summary>
internal sealed class ConversationsRegistration(object? key, string name)
{
    private readonly AsyncLocal<bool> _isMakingClient = new();

    public object? Key { get; } = key;

    /// <summary>The name of the options.</summary>
    public string Name { get; } = name;

    /// <summary>The configuration section of the settings; null for the section <c>Conversations</c> below that of the chat client.</summary>
    public ConfigurationSource? Source { get; set; }

    /// <summary>Whether the pipeline of the registered chat client contains the conversations.</summary>
    public bool IsInPipeline { get; set; }

    public static ConversationsRegistration Add(IServiceCollection services, object? key)
    {
        var registration = services.Where(static d => !d.IsKeyedService).Select(static d => d.ImplementationInstance)
            .OfType<ConversationsRegistration>().FirstOrDefault(r => Equals(r.Key, key));
        if (registration is null)
        {
            registration = new ConversationsRegistration(key, GrokRegistration.NameOf(services, key));
            services.AddSingleton(registration);
            registration.Register(services);
        }

        return registration;
    }

    /// <summary>Creates the pipeline layer that keeps conversations.</summary>
    public ConversationChatClient Over(IChatClient client, IServiceProvider services) => new(
        client,
        services.GetRequiredKeyedService<ConversationStore>(Key),
        services.GetRequiredService<IOptionsMonitor<ConversationOptions>>().Get(Name));

    private void Register(IServiceCollection services)
    {
        services.AddOptions<ConversationOptions>(Name).ValidateOnStart();
        services.AddSingleton<IConfigureOptions<ConversationOptions>>(sp => new ConversationOptionsSetup(this, sp));
        services.AddSingleton<IPostConfigureOptions<ConversationOptions>>(sp => new ConversationOptionsSetup(this, sp));
        services.AddSingleton<IValidateOptions<ConversationOptions>>(sp => new ConversationOptionsSetup(this, sp));
        // Clients without a store of their own share the application's store.
        services.TryAddKeyedSingleton<ConversationStore>(Key, static (sp, key) =>
            key is not null && sp.GetService<ConversationStore>() is { } shared ? new SharedStore(shared) : new InMemoryConversationStore(sp.GetService<TimeProvider>()));
        services.AddKeyedSingleton(Key, (sp, key) =>
        {
            // An application may register a chat client that wraps these conversations: then they use the client of the library, not that wrapper.
            var client = sp.GetKeyedService<GrokPipeline>(key)?.Client ?? Registered(sp, key);
            return client.GetService<ConversationChatClient>() is { } inside
                ? new ConversationLayer(inside, HasLayersAbove: !ReferenceEquals(inside, client))
                : new ConversationLayer(Over(client, sp), HasLayersAbove: false);
        });
        services.AddKeyedSingleton(Key, static (sp, key) => sp.GetRequiredKeyedService<ConversationLayer>(key).Outermost);
        services.AddKeyedSingleton(Key, static (sp, key) => sp.GetRequiredKeyedService<ConversationLayer>(key).Client.Conversations);
    }

    private IChatClient Registered(IServiceProvider services, object? key)
    {
        if (_isMakingClient.Value)
        {
            // The container itself would recurse without end.
            throw new InvalidOperationException(
                $"The registered {nameof(IChatClient)} is created from the {nameof(ConversationChatClient)} that uses it. Register the client below the conversations with AddGrokChatClient, or with AddConversations in its pipeline.");
        }

        _isMakingClient.Value = true;
        try
        {
            return services.GetRequiredKeyedService<IChatClient>(key);
        }
        finally
        {
            _isMakingClient.Value = false;
        }
    }
}

/// <summary>The conversations of a key.</summary>
/// <param name="Client">The client that keeps them.</param>
/// <param name="HasLayersAbove">Whether the registered chat client has layers above it, which a call through it would skip.</param>
internal sealed record ConversationLayer(ConversationChatClient Client, bool HasLayersAbove)
{
    /// <summary>Gets the client, if calls through it skip no layer.</summary>
    /// <exception cref="InvalidOperationException">There are layers above the conversations.</exception>
    public ConversationChatClient Outermost => !HasLayersAbove ? Client : throw new InvalidOperationException(
        $"The conversations are inside the pipeline of the registered {nameof(IChatClient)}. A call through {nameof(ConversationChatClient)} would skip the layers above them. "
        + $"Inject {nameof(IChatClient)} for calls and {nameof(ConversationManager)} to manage conversations, or call AddConversations before the other layers.");
}
