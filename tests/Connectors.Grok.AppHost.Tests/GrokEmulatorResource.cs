using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.AppHost.Tests;

#region resource
/// <summary>An emulator of xAI's API in the process of the AppHost, which gives its connection string to the projects that reference it.</summary>
public sealed class GrokEmulatorResource(string name, string model) : Resource(name), IResourceWithConnectionString
{
    private readonly TaskCompletionSource<GrokEmulator> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The running emulator, for scripts and faults.</summary>
    public Task<GrokEmulator> Emulator => _started.Task;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"Endpoint={new Address(this)};Model={model}");

    internal async Task StartAsync(GrokEmulatorOptions? options, InitializeResourceEvent initialize, CancellationToken cancellationToken)
    {
        try
        {
            var emulator = await GrokEmulator.StartAsync(options, cancellationToken);
            initialize.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => emulator.DisposeAsync().AsTask().Wait(CancellationToken.None));
            _started.SetResult(emulator);
            await initialize.Eventing.PublishAsync(new ConnectionStringAvailableEvent(this, initialize.Services), cancellationToken);
            await initialize.Notifications.PublishUpdateAsync(this, snapshot => snapshot with { State = KnownResourceStates.Running, Urls = [new("http", emulator.BaseAddress.AbsoluteUri, IsInternal: false)] });
        }
        catch (Exception e)
        {
            _started.TrySetException(e);
            throw;
        }
    }

    /// <summary>The address of the emulator, which is known when it runs.</summary>
    private sealed class Address(GrokEmulatorResource resource) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => $"{{{resource.Name}.endpoint}}";

        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => (await resource.Emulator.WaitAsync(cancellationToken)).BaseAddress.AbsoluteUri;
    }
}

/// <summary>Adds the emulator to an AppHost.</summary>
public static class GrokEmulatorExtensions
{
    /// <summary>Adds an emulator. It is not part of a published application.</summary>
    /// <param name="builder">The AppHost.</param>
    /// <param name="name">The name of the resource and of its connection string.</param>
    /// <param name="model">The model of the clients.</param>
    /// <param name="options">The options of the emulator; null for the defaults.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<GrokEmulatorResource> AddGrokEmulator(this IDistributedApplicationBuilder builder, string name, string model = "grok-4.7", GrokEmulatorOptions? options = null) =>
        builder.AddResource(new GrokEmulatorResource(name, model))
            .ExcludeFromManifest()
            .WithInitialState(new() { ResourceType = "GrokEmulator", State = KnownResourceStates.Starting, Properties = [] })
            .OnInitializeResource((resource, initialize, cancellationToken) => resource.StartAsync(options, initialize, cancellationToken));
}
#endregion
