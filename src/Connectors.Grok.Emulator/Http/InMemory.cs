using Microsoft.AspNetCore.TestHost;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Carries the application without a port.</summary>
internal static class InMemory
{
    public static WebApplication Build(EmulatorApp app)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        var server = builder.Build();
        server.Run(app.HandleAsync);
        return server;
    }

    public static HttpMessageHandler HandlerOf(WebApplication server) => server.GetTestServer().CreateHandler();
}
