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

    /// <summary>Where the settings stand; null for the section <c>Conversations</c> below that of the chat client.</summary>
    public ConfigurationSource? Source { get; set; }

    /// <summary>Whether the registered chat client holds the conversations itself.</summary>
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

    /// <summary>The layer of a pipeline that keeps conversations.</summary>
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
        // Clients without a store of their own share the application's.
        services.TryAddKeyedSingleton(Key, static (sp, key) =>
            (key is null ? null : sp.GetService<ConversationStore>()) ?? new InMemoryConversationStore(sp.GetService<TimeProvider>()));
        services.AddKeyedSingleton(Key, (sp, key) =>
        {
            // An application may wrap these conversations and register that as the chat client: then they are over ours, not over themselves.
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
            // The container itself would never come back.
            throw new InvalidOperationException(
                $"The registered {nameof(IChatClient)} is made of the {nameof(ConversationChatClient)} that stands over it. Register the client below the conversations with AddGrokChatClient, or with AddConversations in its pipeline.");
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
    /// <summary>The client, for calls that skip no layer.</summary>
    /// <exception cref="InvalidOperationException">There are layers above it.</exception>
    public ConversationChatClient Outermost => !HasLayersAbove ? Client : throw new InvalidOperationException(
        $"The conversations are inside the pipeline of the registered {nameof(IChatClient)}. A call through {nameof(ConversationChatClient)} would skip the layers above them. "
        + $"Inject {nameof(IChatClient)} for calls and {nameof(ConversationManager)} to manage conversations, or call AddConversations before the other layers.");
}
