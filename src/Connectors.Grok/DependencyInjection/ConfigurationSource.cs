using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.DependencyInjection;

/// <summary>A section of the configuration: passed by the application, or looked up by its path in the application's configuration.</summary>
/// <param name="Path">The section's path.</param>
/// <param name="Given">The section; null to look it up in the application's configuration.</param>
/// <param name="IsRequired">Whether a missing section is an error.</param>
internal sealed record ConfigurationSource(string Path, IConfigurationSection? Given, bool IsRequired)
{
    /// <summary>Creates the source of a required section, by its path.</summary>
    /// <exception cref="ArgumentException">The path is null or blank.</exception>
    public static ConfigurationSource FromPath(string sectionPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sectionPath);
        return new(sectionPath, null, IsRequired: true);
    }

    /// <summary>Creates the source of a required section.</summary>
    /// <exception cref="ArgumentNullException">The section is null.</exception>
    public static ConfigurationSource FromSection(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new(section.Path, section, IsRequired: true);
    }

    public IConfigurationSection? Find(IServiceProvider services)
    {
        var section = Given ?? services.GetService<IConfiguration>()?.GetSection(Path);
        return section?.Exists() == true ? section : null;
    }

    /// <summary>Gets the error for a missing required section; null when the section exists or is optional.</summary>
    public string? Failure(IServiceProvider services)
    {
        if (!IsRequired || Find(services) is not null)
        {
            return null;
        }

        // Secrets are never repeated in messages, even if they were passed by mistake.
        if (Path.StartsWith("xai-", StringComparison.OrdinalIgnoreCase))
        {
            return $"There is no configuration section of the given name, which looks like an API key and is not repeated here. Set {nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.ApiKey)} or XAI_API_KEY instead.";
        }

        var missing = $"There is no configuration section '{Path}'.";
        return IsModelName
            ? $"{missing} '{Path}' looks like a model. To select a model, set {nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Model)}: AddGrokChatClient(options => options.Model = \"{Path}\"), or the setting Model of the configuration section 'Grok'."
            : missing;
    }

    /// <summary>Whether the path looks like <c>grok-4.7</c> or <c>xai/grok-4.7</c>.</summary>
    private bool IsModelName =>
        !Path.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal) && Path[(Path.LastIndexOf('/') + 1)..].StartsWith("grok-", StringComparison.OrdinalIgnoreCase);
}
