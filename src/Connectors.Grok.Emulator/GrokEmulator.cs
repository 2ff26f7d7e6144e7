using Connectors.Grok.Emulator.Endpoints;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator;

/// <summary>
/// An emulator of xAI's Responses API on this machine, for tests and demonstrations without a key or a network. It enforces xAI's
/// rules and answers with a small built-in model. It is not xAI, and its model is not Grok. Thread-safe; many can run at once.
/// </summary>
public sealed class GrokEmulator : IAsyncDisposable
{
    private readonly GrokEmulatorOptions _options;
    private readonly EmulatorApp _app;
    private readonly Lock _lock = new();
    private readonly List<WebApplication> _servers = [];
    private int _disposed;

    /// <summary>Makes an emulator that listens on no port; reach it through <see cref="CreateHandler"/>.</summary>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that makes no sense.</exception>
    public GrokEmulator(GrokEmulatorOptions? options = null)
    {
        _options = options ?? new GrokEmulatorOptions();
        if (_options.SealingKey.Length is not (0 or 32))
        {
            throw new ArgumentException("SealingKey must be 32 bytes long.", nameof(options));
        }

        if (_options.CachedTokenStep < 1)
        {
            throw new ArgumentException("CachedTokenStep must be at least 1.", nameof(options));
        }

        if (!_options.AllowRemote && !Listener.IsLoopback(_options.Host))
        {
            throw new ArgumentException($"{_options.Host} is no loopback address; set AllowRemote to listen on it.", nameof(options));
        }

        _app = new EmulatorApp(_options);
    }

    /// <summary>The base address for clients, ending in <c>/v1</c>; <c>http://localhost/v1</c> while it listens on no port.</summary>
    public Uri BaseAddress { get; private set; } = new("http://localhost/v1");

    /// <summary>The requests received so far, in order; a snapshot.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _app.Log.Snapshot();

    /// <summary>How many responses are stored and have not expired.</summary>
    public int StoredResponses => _app.Stored;

    /// <summary>Faults for the requests to come.</summary>
    public FaultPlan Faults => _app.Faults;

    /// <summary>What is answered instead of the built-in model.</summary>
    public ReplyScript Script => _app.Script;

    /// <summary>Lets every stored response expire at once, as if its thirty days were over.</summary>
    public void ExpireResponses() => _app.ExpireResponses();

    /// <summary>Answers from a recording from now on: each exchange once, to the request it was recorded with; other requests get a 500 that says so.</summary>
    /// <param name="recording">The recording; null to answer as usual again.</param>
    /// <param name="speed">1 for the recorded times, 4 for four times as fast, 0 for no waiting at all.</param>
    public void Replay(ConversationRecording? recording, double speed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(speed);
        _app.Replay(recording, speed);
    }

    /// <summary>Makes an emulator and lets it listen, by default on 127.0.0.1 and any free port.</summary>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The emulator, ready to answer.</returns>
    /// <exception cref="ArgumentException">An option has a value that makes no sense.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<GrokEmulator> StartAsync(GrokEmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var emulator = new GrokEmulator(options);
        try
        {
            var server = Listener.Build(emulator._options, emulator._app.HandleAsync);
            emulator.Add(server);
            await StartAsync(server, emulator._options, cancellationToken);
            emulator.BaseAddress = Listener.AddressOf(server);
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>A handler for <see cref="HttpClient"/> that reaches this emulator without a port. State is shared with the listening one.</summary>
    /// <returns>A new handler, the caller's to dispose.</returns>
    /// <exception cref="ObjectDisposedException">The emulator was disposed.</exception>
    public HttpMessageHandler CreateHandler()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var server = InMemoryServer.Build(_app.HandleAsync);
        Add(server);
        server.Start();
        return InMemoryServer.CreateHandler(server);
    }

    /// <summary>Stops at once: streams still open are broken off.</summary>
    /// <returns>A task that completes, within a second, when everything has stopped.</returns>
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
            throw new IOException($"Nothing can listen on {options.Host}:{options.Port}: {unreachable.Message}. Is it an address of this machine?", unreachable);
        }
        catch (IOException taken)
        {
            throw new IOException($"Port {options.Port} on {options.Host} is taken. Stop what listens there, or set Port to 0 for any free one.", taken);
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
