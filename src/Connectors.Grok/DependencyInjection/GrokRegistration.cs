using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.DependencyInjection;

/// <summary>One registered chat client, while it is being registered and afterwards: its key, the name of its options, its pipeline.</summary>
internal sealed class GrokRegistration(object? key, string name)
{
    public object? Key { get; } = key;

    /// <summary>The name of the options.</summary>
    public string Name { get; } = name;

    public string HttpClientName { get; } = name.Length == 0 ? "Connectors.Grok" : $"Connectors.Grok:{name}";

    /// <summary>The configuration section of the settings; <c>Grok</c>, if it exists, unless the builder selects another one.</summary>
    public ConfigurationSource Source { get; set; } = new("Grok", null, IsRequired: false);

    public bool KeepsInheritedHandlers { get; set; }

    /// <summary>What wraps the client, the outermost first.</summary>
    public List<Func<IChatClient, IServiceProvider, IChatClient>> Layers { get; } = [];

    /// <summary>The registration that a second call adds to, or null when there is none.</summary>
    public static GrokRegistration? Find(IServiceCollection services, object? key) =>
        services.Where(static d => !d.IsKeyedService).Select(static d => d.ImplementationInstance).OfType<GrokRegistration>()
            .FirstOrDefault(r => Equals(r.Key, key));

    /// <summary>Options are named after their service key. Keys that are no text must not meet by what they print.</summary>
    public static string NameOf(IServiceCollection services, object? key) => key switch
    {
        null => "",
        string text => text,
        Enum value => $"{value.GetType().Name}.{value}",
        _ => Find(services, key)?.Name ?? $"{key} ({services.Count})",
    };
}

/// <summary>The registered client with its layers, found also where the application registers another chat client after it.</summary>
/// <param name="Client">The outermost layer.</param>
internal sealed record GrokPipeline(IChatClient Client);
