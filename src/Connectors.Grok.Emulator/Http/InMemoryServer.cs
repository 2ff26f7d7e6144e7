using Microsoft.AspNetCore.TestHost;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Hosts the application without a port.</summary>
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
                // The test server would deliver the exception before the written data; a trailer arrives after the data.
                http.Response.AppendTrailer(ConnectionCutHandler.Trailer, "1");
            }
        });
        return server;
    }

    public static HttpMessageHandler CreateHandler(WebApplication server) => new ConnectionCutHandler(server.GetTestServer().CreateHandler());
}
