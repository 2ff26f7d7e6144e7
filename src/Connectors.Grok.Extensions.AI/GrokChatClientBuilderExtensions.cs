using Connectors.Grok;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds the layers of Microsoft.Extensions.AI to the pipeline of a registered <see cref="GrokChatClient"/>. The methods have the same names as
/// on <see cref="ChatClientBuilder"/>.
/// </summary>
/// <remarks>The first layer added is the outermost.</remarks>
public static class GrokChatClientBuilderExtensions
{
    /// <summary>Adds any layers of <see cref="ChatClientBuilder"/>, including layers of other packages: <c>UseLayers(layers => layers.UseFunctionInvocation().UseLogging())</c>.</summary>
    /// <param name="builder">The registered client.</param>
    /// <param name="layers">Adds the layers, the outermost first. Called once, when the application resolves the client.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static GrokChatClientBuilder UseLayers(this GrokChatClientBuilder builder, Action<ChatClientBuilder> layers)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(layers);
        return builder.Use((client, services) =>
        {
            var pipeline = client.AsBuilder();
            layers(pipeline);
            return pipeline.Build(services);
        });
    }

    /// <summary>Adds a layer that invokes the functions requested by the model and sends their results.</summary>
    /// <remarks>Add it before <see cref="GrokChatClientBuilder.AddConversations"/>, so that each answer of a function loop is a turn of the conversation.</remarks>
    /// <param name="builder">The registered client.</param>
    /// <param name="loggerFactory">Creates the logger; null for the registered one.</param>
    /// <param name="configure">Configures the layer; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder UseFunctionInvocation(this GrokChatClientBuilder builder, ILoggerFactory? loggerFactory = null, Action<FunctionInvokingChatClient>? configure = null) =>
        UseLayers(builder, layers => layers.UseFunctionInvocation(loggerFactory, configure));

    /// <summary>Adds a layer that emits traces and metrics by OpenTelemetry's conventions for generative AI.</summary>
    /// <remarks>Add it after <see cref="UseFunctionInvocation"/>: function invocation takes the source of its spans from the layer below it.</remarks>
    /// <param name="builder">The registered client.</param>
    /// <param name="loggerFactory">Creates the logger; null for the registered one.</param>
    /// <param name="sourceName">The name of the activity source and of the meter; null for the default of Microsoft.Extensions.AI.</param>
    /// <param name="configure">Configures the layer; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder UseOpenTelemetry(
        this GrokChatClientBuilder builder, ILoggerFactory? loggerFactory = null, string? sourceName = null, Action<OpenTelemetryChatClient>? configure = null) =>
        UseLayers(builder, layers => layers.UseOpenTelemetry(loggerFactory, sourceName, configure));

    /// <summary>Adds a layer that logs calls, and their contents at level Trace.</summary>
    /// <param name="builder">The registered client.</param>
    /// <param name="loggerFactory">Creates the logger; null for the registered one, which must exist.</param>
    /// <param name="configure">Configures the layer; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder UseLogging(this GrokChatClientBuilder builder, ILoggerFactory? loggerFactory = null, Action<LoggingChatClient>? configure = null) =>
        UseLayers(builder, layers => layers.UseLogging(loggerFactory, configure));

    /// <summary>Adds a layer that stores answers in a distributed cache and returns them for equal calls.</summary>
    /// <remarks>
    /// Add it after <see cref="GrokChatClientBuilder.AddConversations"/>: each conversation then has its own cache entries. A cache added
    /// before the conversations returns answers with the id of the conversation that first received them, which may belong to another user.
    /// </remarks>
    /// <param name="builder">The registered client.</param>
    /// <param name="storage">The cache; null for the registered one, which must exist.</param>
    /// <param name="configure">Configures the layer; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokChatClientBuilder UseDistributedCache(this GrokChatClientBuilder builder, IDistributedCache? storage = null, Action<DistributedCachingChatClient>? configure = null) =>
        UseLayers(builder, layers => layers.UseDistributedCache(storage, configure));

    /// <summary>Adds a layer that changes a copy of the options of every call.</summary>
    /// <param name="builder">The registered client.</param>
    /// <param name="configure">Changes the copy.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static GrokChatClientBuilder ConfigureOptions(this GrokChatClientBuilder builder, Action<ChatOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return UseLayers(builder, layers => layers.ConfigureOptions(configure));
    }
}
