using System.Net;
using System.Net.Sockets;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>Creates and configures the handlers and the HttpClient of the library.</summary>
internal static class OwnHandlers
{
    private const int KeepAliveSeconds = 30;
    private const int KeepAliveProbes = 4;

    /// <summary>Configures a handler of the library, including one that a factory created.</summary>
    public static void SetUp(SocketsHttpHandler handler, GrokSettings settings)
    {
        handler.ConnectTimeout = settings.ConnectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Long enough to read the last bytes of a stream, so that its connection is reused; short, so that the service does not keep generating for an abandoned stream.
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(100);
        handler.AutomaticDecompression = DecompressionMethods.All;
        // The key is sent to the endpoint only.
        handler.AllowAutoRedirect = false;
        // A proxy of the environment must not see the key and the messages that are meant for this machine, and could not reach it.
        // One that the application gave to the handler stays.
        handler.UseProxy &= handler.Proxy is not null || !settings.Endpoint.IsLoopback;
        handler.ConnectCallback ??= ConnectAsync;
    }

    public static HttpClient NewClient(GrokSettings settings)
    {
        var handler = new SocketsHttpHandler();
        SetUp(handler, settings);
        // The deadline of the library applies: answers take longer than the default 100 seconds of HttpClient.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Connects with TCP keep-alive: a model that reasons in silence must not lose its connection in a router, and a dead connection is noticed.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
