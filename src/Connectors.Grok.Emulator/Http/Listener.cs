using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Hosts the application on a port. It reads no configuration files and no environment variables, and logs nothing.</summary>
internal static class Listener
{
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(Unmap(address)));

    public static WebApplication Build(GrokEmulatorOptions options, RequestDelegate app)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The emulator limits bodies itself, after it has checked the key and the route.
            kestrel.Limits.MaxRequestBodySize = null;

            // A client that is paused in a debugger must not be disconnected.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(AddressOf(options.Host), options.Port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(300));
        var server = builder.Build();
        var guard = new SiteGuard(options);
        server.Run(http => guard.FindProblem(http.Request) is { } problem
            ? AnswerWriter.WriteErrorAsync(http, StatusCodes.Status403Forbidden, "emulator-site", problem)
            : app(http));
        return server;
    }

    public static Uri AddressOf(WebApplication server, string path)
    {
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new Uri($"{addresses.Addresses.First().TrimEnd('/')}{path}");
    }

    private static IPAddress AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : Unmap(IPAddress.Parse(host.Trim('[', ']')));

    // An IPv4 address in the form of IPv6, such as ::ffff:127.0.0.1.
    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
