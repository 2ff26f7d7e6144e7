using Connectors.Grok.Emulator.Endpoints;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Recordings;
using Connectors.Grok.Emulator.Scripts;

namespace Connectors.Grok.Emulator;

/// <summary>
/// A local emulator of xAI's Responses API, for tests and demonstrations without a key or a network. It enforces xAI's rules and answers
/// with a small built-in model. It is not xAI, and its model is not Grok. Thread-safe; several emulators can run in one process.
/// </summary>
public sealed class GrokEmulator : IAsyncDisposable
{
    private readonly GrokEmulatorOptions _options;
    private readonly EmulatorApp _app;
    private readonly Lock _lock = new();
    private readonly List<WebApplication> _servers = [];
    private int _disposed;

    /// <summary>Creates an emulator that does not listen on a port. Connect to it through <see cref="CreateHandler"/>.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option has an invalid value.</exception>
    public GrokEmulator(GrokEmulatorOptions? options = null)
    {
        _options = options ?? new GrokEmulatorOptions();
        OptionsCheck.Check(_options, nameof(options));
        _app = new EmulatorApp(_options);
        BaseAddress = new Uri("http://localhost" + _options.Wire.BasePath);
    }

    /// <summary>The base address for clients, ending in <c>/v1</c>, or in the path of the host of <see cref="GrokEmulatorOptions.ServedBy"/>; <c>http://localhost/v1</c> when the emulator does not listen on a port.</summary>
    public Uri BaseAddress { get; private set; }

    /// <summary>A snapshot of the requests received so far, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _app.Log.Snapshot();

    /// <summary>The number of stored responses that have not expired.</summary>
    public int StoredResponses => _app.Stored;

    /// <summary>The faults for further requests.</summary>
    public FaultPlan Faults => _app.Faults;

    /// <summary>The replies that replace the built-in model.</summary>
    public ReplyScript Script => _app.Script;

    /// <summary>Expires every stored response, as if its retention time were over.</summary>
    public void ExpireResponses() => _app.ExpireResponses();

    /// <summary>Expires every bearer token that the emulator received so far, as if its <see cref="GrokEmulatorOptions.TokenLifetime"/> were over. Without a lifetime tokens do not expire.</summary>
    public void ExpireTokens() => _app.ExpireTokens();

    /// <summary>Answers further requests from a recording. Each exchange is used once, for a request equal to the recorded one; other requests get a 500.</summary>
    /// <param name="recording">The recording; null to stop replaying.</param>
    /// <param name="speed">The speed: 1 as recorded, 4 for four times as fast, 0 without waiting.</param>
    public void Replay(ConversationRecording? recording, double speed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(speed);
        _app.Replay(recording, speed);
    }

    /// <summary>Answers further requests with replies of a script file.</summary>
    internal void Use(ScriptFile script)
    {
        script.AddTo(Script);
        _app.Gates = script.Gates;
    }

    /// <summary>Sends further requests to a service. The emulator disposes the proxy.</summary>
    internal void Use(UpstreamProxy proxy) => _app.Upstream = proxy;

    /// <summary>Creates an emulator that listens on a port; by default on 127.0.0.1 and any free port.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The started emulator.</returns>
    /// <exception cref="ArgumentException">An option has an invalid value.</exception>
    /// <exception cref="IOException">The port is in use, or the address does not belong to this machine.</exception>
    public static async Task<GrokEmulator> StartAsync(GrokEmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var emulator = new GrokEmulator(options);
        try
        {
            var server = Listener.Build(emulator._options, emulator._app.HandleAsync);
            emulator.Add(server);
            await StartAsync(server, emulator._options, cancellationToken);
            emulator.BaseAddress = Listener.AddressOf(server, emulator._options.Wire.BasePath);
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a handler for <see cref="HttpClient"/> that passes requests to this emulator in memory, without a network connection. Requests through handlers and requests to the port use the same emulator state.</summary>
    /// <returns>A new handler. The caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The emulator is disposed.</exception>
    public HttpMessageHandler CreateHandler()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var server = InMemoryServer.Build(_app.HandleAsync);
        Add(server);
        server.Start();
        return InMemoryServer.CreateHandler(server);
    }

    /// <summary>Stops the emulator and aborts every open response.</summary>
    /// <returns>A task that completes when the emulator has stopped, usually within a second.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _app.StopAsync();
        WebApplication[] servers;
        lock (_lock)
        {
            servers = [.. _servers];
        }

        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        _app.Dispose();
    }

    private static async Task StartAsync(WebApplication server, GrokEmulatorOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (System.Net.Sockets.SocketException unreachable)
        {
            throw new IOException($"The emulator cannot listen on {options.Host}:{options.Port}: {unreachable.Message}. Set Host to an address of this machine.", unreachable);
        }
        catch (IOException inUse)
        {
            throw new IOException($"Port {options.Port} on {options.Host} is in use. Stop the program that listens there, or set Port to 0 for any free port.", inUse);
        }
    }

    private void Add(WebApplication server)
    {
        lock (_lock)
        {
            _servers.Add(server);
        }
    }
}
