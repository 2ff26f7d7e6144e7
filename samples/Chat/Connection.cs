using System.Security.Cryptography;
using Connectors.Grok;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>The client with its HttpClient, and the emulator when no key and no endpoint are set.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private const string BaseUrl = "XAI_BASE_URL";

    private readonly HttpClient _http;
    private readonly GrokEmulator? _emulator;

    private Connection(GrokChatClient client, WireTap wire, HttpClient http, GrokEmulator? emulator) =>
        (Client, Wire, _http, _emulator) = (client, wire, http, emulator);

    public GrokChatClient Client { get; }

    public WireTap Wire { get; }

    public bool IsEmulated => _emulator is not null;

    /// <summary>The address that answers, when the environment and not the command line names it; otherwise null.</summary>
    public Uri? EndpointOfEnvironment { get; private init; }

    /// <summary>Creates the client, and starts the emulator if needed.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="isInteractive">Whether a person watches, so that the emulator streams at the speed of a model.</param>
    /// <param name="show">Receives each request body; null to show none.</param>
    public static async Task<Connection> OpenAsync(ChatCommandLine line, bool isInteractive, Action<string>? show)
    {
        var emulator = NeedsEmulator(line) ? await GrokEmulator.StartAsync(EmulatorOptions(isInteractive)) : null;
        var wire = new WireTap(show, new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(30),
            // A redirect must not send the key to another host.
            AllowAutoRedirect = false,
        });
        var http = new HttpClient(wire)
        {
            // The timeouts of the connector apply: a model can think longer than HttpClient's default of 100 seconds.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            var client = new GrokChatClient(ClientOptions(line, emulator), http);
            return new Connection(client, wire, http, emulator)
            {
                EndpointOfEnvironment = line.Endpoint is null && !IsUnset(BaseUrl) ? client.GetService<ChatClientMetadata>()?.ProviderUri : null,
            };
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

    /// <summary>Whether a local emulator answers, because no key and no endpoint are set.</summary>
    public static bool NeedsEmulator(ChatCommandLine line) =>
        line.Endpoint is null && IsUnset("XAI_API_KEY") && IsUnset(BaseUrl);

    private static bool IsUnset(string variable) => string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(variable));

    private static GrokEmulatorOptions EmulatorOptions(bool isInteractive) => new()
    {
        // A fixed key, so that the emulator of a later run can decrypt the reasoning of this one. Its reasoning is not confidential.
        SealingKey = SHA256.HashData("samples/Chat"u8),
        TokenDelay = isInteractive ? TimeSpan.FromMilliseconds(25) : TimeSpan.Zero,
        ThinkingDelay = isInteractive ? TimeSpan.FromMilliseconds(120) : TimeSpan.Zero,
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
        : throw new UserException($"The endpoint {endpoint} is not an absolute address. Use an address such as https://api.x.ai/v1.");
}
