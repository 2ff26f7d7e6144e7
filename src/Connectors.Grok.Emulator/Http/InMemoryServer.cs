using Microsoft.AspNetCore.TestHost;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Carries the application without a port.</summary>
internal static class InMemoryServer
{
    public static WebApplication Build(RequestDelegate app)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        var server = builder.Build();
        server.Run(async http =>
        {
            try
            {
                await app(http);
            }
            catch (ConnectionCutException)
            {
                // An exception would overtake what was written before it; a trailer comes after it.
                http.Response.AppendTrailer(ConnectionCutHandler.Trailer, "1");
            }
        });
        return server;
    }

    public static HttpMessageHandler CreateHandler(WebApplication server) => new ConnectionCutHandler(server.GetTestServer().CreateHandler());
}
