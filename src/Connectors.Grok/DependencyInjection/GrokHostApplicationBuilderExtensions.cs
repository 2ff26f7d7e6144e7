using Connectors.Grok;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Grok in an application's host: each method is the one of <see cref="GrokServiceCollectionExtensions"/> over the host's services.</summary>
public static class GrokHostApplicationBuilderExtensions
{
    /// <summary>Registers a client with the settings of the configuration section <c>Grok</c>, if there is one.</summary>
    /// <param name="builder">The application.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IHostApplicationBuilder builder) => Services(builder).AddGrokChatClient();

    /// <summary>Registers a client with the settings of a configuration section, and the options of the same name.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The section's path, such as <c>Grok</c>, and the options' name. At start there must be one of the two.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IHostApplicationBuilder builder, string name) => Services(builder).AddGrokChatClient(name);

    /// <summary>Registers a client of a model.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IHostApplicationBuilder builder, string model, string? apiKey) =>
        Services(builder).AddGrokChatClient(model, apiKey);

    /// <summary>Registers a client with the settings of a configuration section.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="section">The section; it must exist at start.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IHostApplicationBuilder builder, IConfigurationSection section) =>
        Services(builder).AddGrokChatClient(section);

    /// <summary>Registers a client with options set in code.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="configure">Sets the options.</param>
    public static GrokChatClientBuilder AddGrokChatClient(this IHostApplicationBuilder builder, Action<GrokChatClientOptions> configure) =>
        Services(builder).AddGrokChatClient(configure);

    /// <summary>Registers a client under a key, with the settings of a configuration section, and the options of the same name.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="name">The section's path, such as <c>Grok:Fast</c>, and the options' name. At start there must be one of the two.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IHostApplicationBuilder builder, object? serviceKey, string name) =>
        Services(builder).AddKeyedGrokChatClient(serviceKey, name);

    /// <summary>Registers a client of a model under a key, which also names its options.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="apiKey">The API key; null for that of the environment variable <c>XAI_API_KEY</c>.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IHostApplicationBuilder builder, object? serviceKey, string model, string? apiKey) =>
        Services(builder).AddKeyedGrokChatClient(serviceKey, model, apiKey);

    /// <summary>Registers a client under a key, which also names its options, with the settings of a configuration section.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="section">The section; it must exist at start.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IHostApplicationBuilder builder, object? serviceKey, IConfigurationSection section) =>
        Services(builder).AddKeyedGrokChatClient(serviceKey, section);

    /// <summary>Registers a client under a key, which also names its options, with options set in code.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="configure">Sets the options.</param>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IHostApplicationBuilder builder, object? serviceKey, Action<GrokChatClientOptions> configure) =>
        Services(builder).AddKeyedGrokChatClient(serviceKey, configure);

    private static IServiceCollection Services(IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services;
    }
}
