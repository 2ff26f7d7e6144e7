using Connectors.Grok;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Grok in an application's host: each method calls the one of <see cref="GrokServiceCollectionExtensions"/> with the host's services.</summary>
public static class GrokHostApplicationBuilderExtensions
{
    /// <summary>
    /// Registers a client with the settings of the configuration section <c>Grok</c>, if the section exists, and of <paramref name="configure"/>,
    /// which is applied last. <see cref="GrokChatClientBuilder.BindConfiguration"/> selects another section.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="configure">Sets the options; null to set none in code.</param>
    /// <returns>The builder of the registered client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder AddGrokChatClient(this IHostApplicationBuilder builder, Action<GrokChatClientOptions>? configure = null) =>
        AddKeyedGrokChatClient(builder, null, configure);

    /// <summary>
    /// Registers a client under a key, with the settings of the configuration section <c>Grok</c>, if the section exists, and of
    /// <paramref name="configure"/>, which is applied last. <see cref="GrokChatClientBuilder.BindConfiguration"/> selects another section.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceKey">The key, which also names the options; null for none.</param>
    /// <param name="configure">Sets the options; null to set none in code.</param>
    /// <returns>The builder of the registered client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder AddKeyedGrokChatClient(this IHostApplicationBuilder builder, object? serviceKey, Action<GrokChatClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddKeyedGrokChatClient(serviceKey, configure);
    }
}
