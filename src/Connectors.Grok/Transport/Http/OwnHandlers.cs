using System.Net;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>Creates and configures the handlers and the HttpClient of the library.</summary>
internal static class OwnHandlers
{
    /// <summary>Configures a handler of the library, including one that a factory created.</summary>
    public static void SetUp(SocketsHttpHandler handler, TimeSpan connectTimeout)
    {
        handler.ConnectTimeout = connectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Long enough to read the last bytes of a stream, so that its connection is reused; short, so that the service does not keep generating for an abandoned stream.
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(100);
        handler.AutomaticDecompression = DecompressionMethods.All;
        // The key is sent to the endpoint only.
        handler.AllowAutoRedirect = false;
    }

    public static HttpClient NewClient(GrokSettings settings)
    {
        var handler = new SocketsHttpHandler();
        SetUp(handler, settings.ConnectTimeout);
        // The deadline of the library applies: answers take longer than the default 100 seconds of HttpClient.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
