using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.DependencyInjection;

/// <summary>One registered chat client, while it is being registered and afterwards: its key, the name of its options, its pipeline.</summary>
internal sealed class GrokRegistration(object? key, string name)
{
    public object? Key { get; } = key;

    /// <summary>The name of the options.</summary>
    public string Name { get; } = name;

    public string HttpClientName { get; } = name.Length == 0 ? "Connectors.Grok" : $"Connectors.Grok:{name}";

    /// <summary>Where the settings stand; null when they come from code alone.</summary>
    public ConfigurationSource? Source { get; set; }

    public bool KeepsInheritedHandlers { get; set; }

    /// <summary>What wraps the client, the outermost first.</summary>
    public List<Func<IChatClient, IServiceProvider, IChatClient>> Layers { get; } = [];

    /// <summary>The registration that a second call adds to, or null when there is none.</summary>
    public static GrokRegistration? Find(IServiceCollection services, object? key, string name) =>
        services.Where(static d => !d.IsKeyedService).Select(static d => d.ImplementationInstance).OfType<GrokRegistration>()
            .FirstOrDefault(r => Equals(r.Key, key) && r.Name == name);

    /// <summary>Options are named after their service key. Keys that are no text must not meet by what they print.</summary>
    public static string NameOf(IServiceCollection services, object? key) => key switch
    {
        null => "",
        string text => text,
        Enum value => $"{value.GetType().Name}.{value}",
        _ => services.Select(static d => d.IsKeyedService ? null : d.ImplementationInstance).OfType<GrokRegistration>().FirstOrDefault(r => Equals(r.Key, key))?.Name
            ?? $"{key} ({services.Count})",
    };
}

/// <summary>The registered client with its layers, found also where the application registers another chat client after it.</summary>
/// <param name="Client">The outermost layer.</param>
internal sealed record GrokPipeline(IChatClient Client);

/// <summary>A section of the configuration: given as such, or by its path in the application's configuration.</summary>
/// <param name="Path">The section's path.</param>
/// <param name="Given">The section; null to look in the application's configuration.</param>
/// <param name="IsRequired">Whether it is a mistake that there is none.</param>
internal sealed record ConfigurationSource(string Path, IConfigurationSection? Given, bool IsRequired)
{
    public IConfigurationSection? Find(IServiceProvider services)
    {
        var section = Given ?? services.GetService<IConfiguration>()?.GetSection(Path);
        return section?.Exists() == true ? section : null;
    }
}
