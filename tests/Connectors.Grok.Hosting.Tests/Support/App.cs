using Connectors.Grok.Emulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.Hosting.Tests.Support;

/// <summary>Applications for tests, and clients of theirs that talk to an emulator without a port.</summary>
internal static class App
{
    public const string Loopback = "http://localhost/v1";

    /// <summary>A builder with these settings and nothing of the machine's.</summary>
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

    public static GrokChatClientBuilder Over(this GrokChatClientBuilder builder, GrokEmulator emulator)
    {
        builder.HttpClient.ConfigurePrimaryHttpMessageHandler(() => emulator.CreateHandler());
        return builder;
    }
}
