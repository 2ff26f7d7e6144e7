using System.Net;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>The handlers and the HttpClient that this library makes itself.</summary>
internal static class OwnHandlers
{
    /// <summary>Configures a handler of ours, whoever made it.</summary>
    public static void SetUp(SocketsHttpHandler handler, TimeSpan connectTimeout)
    {
        handler.ConnectTimeout = connectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Long enough for the last bytes of a stream, so that its connection is reused; short, or the service generates for two seconds for nobody.
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(100);
        handler.AutomaticDecompression = DecompressionMethods.All;
        // The key goes to the endpoint and nowhere else.
        handler.AllowAutoRedirect = false;
    }

    public static HttpClient NewClient(GrokSettings settings)
    {
        var handler = new SocketsHttpHandler();
        SetUp(handler, settings.ConnectTimeout);
        // Our own deadline governs: answers take longer than the 100 seconds that HttpClient allows by default.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
