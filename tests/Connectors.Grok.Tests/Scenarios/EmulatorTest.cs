using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>A chat client and an emulator, connected by real HTTP on loopback.</summary>
public abstract class EmulatorTest : IAsyncLifetime
{
    private readonly List<IDisposable> _clients = [];

    private protected ManualTime Clock { get; } = new();

    private protected GrokEmulator Emulator { get; private set; } = null!;

    private protected GrokResponsesClient Responses => ((IChatClient)_clients[0]).GetService<GrokResponsesClient>()!;

    public ValueTask InitializeAsync() => StartAsync();

    /// <summary>Starts another emulator, which does not know the responses of the previous one.</summary>
    private protected async ValueTask StartAsync(Action<GrokEmulatorOptions>? configure = null)
    {
        if (Emulator is not null)
        {
            await Emulator.DisposeAsync();
        }

        var options = new GrokEmulatorOptions { TimeProvider = Clock };
        configure?.Invoke(options);
        Emulator = await GrokEmulator.StartAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static c => c.Dispose());
        await Emulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected IChatClient Client(Action<GrokChatClientOptions>? configure = null)
    {
        var options = new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress, MaxRetries = 0, RecoveryTimeout = TimeSpan.Zero };
        configure?.Invoke(options);
        var client = new GrokChatClient(options);
        _clients.Add(client);
        return client;
    }
}
