using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.DependencyInjection;

/// <summary>One registered chat client: its key, the name of its options, its pipeline.</summary>
internal sealed class GrokRegistration(object? key, string name)
{
    public object? Key { get; } = key;

    /// <summary>The name of the options.</summary>
    public string Name { get; } = name;

    public string HttpClientName { get; } = name.Length == 0 ? "Connectors.Grok" : $"Connectors.Grok:{name}";

    /// <summary>The configuration section of the settings; <c>Grok</c>, if it exists, unless the builder selects another one.</summary>
    public ConfigurationSource Source { get; set; } = new("Grok", null, IsRequired: false);

    /// <summary>The name of the connection string; null for none.</summary>
    public string? ConnectionName { get; set; }

    public bool KeepsInheritedHandlers { get; set; }

    /// <summary>Whether the application set <see cref="GrokChatClientOptions.MaxRetries"/>.</summary>
    public bool SetsRetries { get; set; }

    /// <summary>The type name of a handler of the HttpClient that retries; null when there is none.</summary>
    public string? RetryingHandler { get; set; }

    /// <summary>The layers around the client, the outermost first.</summary>
    public List<Func<IChatClient, IServiceProvider, IChatClient>> Layers { get; } = [];

    /// <summary>The registration that a second call adds to, or null when there is none.</summary>
    public static GrokRegistration? Find(IServiceCollection services, object? key) =>
        services.Where(static d => !d.IsKeyedService).Select(static d => d.ImplementationInstance).OfType<GrokRegistration>()
            .FirstOrDefault(r => Equals(r.Key, key));

    /// <summary>Gets the name of the options for a service key. Two keys that are not strings must not get the same name because their texts are equal.</summary>
    public static string NameOf(IServiceCollection services, object? key) => key switch
    {
        null => "",
        string text => text,
        Enum value => $"{value.GetType().Name}.{value}",
        _ => Find(services, key)?.Name ?? $"{key} ({services.Count})",
    };
}

/// <summary>The registered client with its layers, which is found even if the application registers another chat client later.</summary>
/// <param name="Client">The outermost layer.</param>
internal sealed record GrokPipeline(IChatClient Client);
