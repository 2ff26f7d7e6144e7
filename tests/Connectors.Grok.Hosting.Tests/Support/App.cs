using Connectors.Grok.Emulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.Hosting.Tests.Support;

/// <summary>Creates applications for tests, with clients that call an in-memory emulator.</summary>
internal static class App
{
    public const string Loopback = "http://localhost/v1";

    /// <summary>Creates a builder with only the given settings.</summary>
    public static HostApplicationBuilder New(params (string Path, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection();
        foreach (var (path, value) in settings)
        {
            builder.Configuration[path] = value;
        }

        return builder;
    }

    /// <summary>Sends the requests of the client to an emulator.</summary>
    public static GrokChatClientBuilder Over(this GrokChatClientBuilder builder, GrokEmulator emulator)
    {
        builder.HttpClient.ConfigurePrimaryHttpMessageHandler(() => emulator.CreateHandler());
        return builder;
    }
}
