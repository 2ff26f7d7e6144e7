using System.Security.Cryptography;
using Connectors.Grok;
using Connectors.Grok.Emulator;

namespace Chat;

/// <summary>The client and what it stands on: an HttpClient of ours, and the emulator where there is nobody else to talk to.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly GrokEmulator? _emulator;

    private Connection(GrokChatClient client, WireTap wire, HttpClient http, GrokEmulator? emulator) =>
        (Client, Wire, _http, _emulator) = (client, wire, http, emulator);

    public GrokChatClient Client { get; }

    public WireTap Wire { get; }

    public bool IsEmulated => _emulator is not null;

    /// <param name="line">What was asked for.</param>
    /// <param name="isWatched">Whether somebody watches, so that an emulator should take its time as a model does.</param>
    /// <param name="show">Takes each request's body, or null.</param>
    public static async Task<Connection> OpenAsync(ChatCommandLine line, bool isWatched, Action<string>? show)
    {
        var emulator = NeedsEmulator(line) ? await GrokEmulator.StartAsync(EmulatorOptions(isWatched)) : null;
        var wire = new WireTap(show, new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(30),
            // The key goes to the endpoint and nowhere else.
            AllowAutoRedirect = false,
        });
        var http = new HttpClient(wire)
        {
            // The connector's own timeouts rule: a model that thinks hard takes longer than HttpClient's 100 seconds.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            return new Connection(new GrokChatClient(ClientOptions(line, emulator), http), wire, http, emulator);
        }
        catch
        {
            http.Dispose();
            if (emulator is not null)
            {
                await emulator.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }
    }

    private static bool NeedsEmulator(ChatCommandLine line) =>
        line.Endpoint is null && IsUnset("XAI_API_KEY") && IsUnset("XAI_BASE_URL");

    private static bool IsUnset(string variable) => string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(variable));

    private static GrokEmulatorOptions EmulatorOptions(bool isWatched) => new()
    {
        // A service can open tomorrow what it sealed today. There is nothing to hide in what an emulator thinks.
        SealingKey = SHA256.HashData("samples/Chat"u8),
        TokenDelay = isWatched ? TimeSpan.FromMilliseconds(25) : TimeSpan.Zero,
        ThinkingDelay = isWatched ? TimeSpan.FromMilliseconds(120) : TimeSpan.Zero,
    };

    private static GrokChatClientOptions ClientOptions(ChatCommandLine line, GrokEmulator? emulator)
    {
        var options = new GrokChatClientOptions
        {
            Endpoint = emulator?.BaseAddress ?? (line.Endpoint is { } endpoint ? ToUri(endpoint) : null),
            Store = line.NoStore ? false : null,
            EncryptedReasoning = line.EncryptedReasoning ? true : null,
        };
        if (line.Model is { } model)
        {
            options.Model = model;
        }
        else if (Environment.GetEnvironmentVariable("GROK_MODEL") is { } preferred && !string.IsNullOrWhiteSpace(preferred))
        {
            options.Model = preferred;
        }

        return options;
    }

    private static Uri ToUri(string endpoint) => Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        ? uri
        : throw new UserException($"The endpoint {endpoint} is no address: write it in full, such as https://api.x.ai/v1.");
}
