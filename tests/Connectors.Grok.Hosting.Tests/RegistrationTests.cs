using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>Every way to register a client, over services and over a host, keyed and not: the client works and has the settings.</summary>
public class RegistrationTests
{
    private const string Model = "grok-4.20-reasoning";

    public static TheoryData<string, Func<HostApplicationBuilder, GrokChatClientBuilder>, object?> Ways => new()
    {
        { "section Grok", static b => b.Services.AddGrokChatClient(), null },
        { "name", static b => b.Services.AddGrokChatClient("Grok"), null },
        { "path", static b => b.Services.AddGrokChatClient("Clients:Fast"), null },
        { "model", static b => b.Services.AddGrokChatClient(Model, null).Configure(o => o.Endpoint = new(App.Loopback)), null },
        { "section", static b => b.Services.AddGrokChatClient(b.Configuration.GetSection("Clients:Fast")), null },
        { "action", static b => b.Services.AddGrokChatClient(InCode), null },
        { "keyed name", static b => b.Services.AddKeyedGrokChatClient("fast", "Clients:Fast"), "fast" },
        { "keyed model", static b => b.Services.AddKeyedGrokChatClient("fast", Model, null).Configure(o => o.Endpoint = new(App.Loopback)), "fast" },
        { "keyed section", static b => b.Services.AddKeyedGrokChatClient("fast", b.Configuration.GetSection("Clients:Fast")), "fast" },
        { "keyed action", static b => b.Services.AddKeyedGrokChatClient("fast", InCode), "fast" },
        { "enum key", static b => b.Services.AddKeyedGrokChatClient(DayOfWeek.Friday, InCode), DayOfWeek.Friday },
        { "null key", static b => b.Services.AddKeyedGrokChatClient(null, InCode), null },
        { "host: section Grok", static b => b.AddGrokChatClient(), null },
        { "host: name", static b => b.AddGrokChatClient("Grok"), null },
        { "host: model", static b => b.AddGrokChatClient(Model, null).Configure(o => o.Endpoint = new(App.Loopback)), null },
        { "host: section", static b => b.AddGrokChatClient(b.Configuration.GetSection("Clients:Fast")), null },
        { "host: action", static b => b.AddGrokChatClient(InCode), null },
        { "host: keyed name", static b => b.AddKeyedGrokChatClient("fast", "Clients:Fast"), "fast" },
        { "host: keyed model", static b => b.AddKeyedGrokChatClient("fast", Model, null).Configure(o => o.Endpoint = new(App.Loopback)), "fast" },
        { "host: keyed section", static b => b.AddKeyedGrokChatClient("fast", b.Configuration.GetSection("Clients:Fast")), "fast" },
        { "host: keyed action", static b => b.AddKeyedGrokChatClient("fast", InCode), "fast" },
    };

    [Theory]
    [MemberData(nameof(Ways), DisableDiscoveryEnumeration = true)]
    public async Task A_registered_client_answers(string way, Func<HostApplicationBuilder, GrokChatClientBuilder> register, object? key)
    {
        await using var emulator = new GrokEmulator();
        var builder = App.New(
            ("Grok:Endpoint", App.Loopback), ("Grok:Model", Model), ("Clients:Fast:Endpoint", App.Loopback), ("Clients:Fast:Model", Model));
        var client = register(builder).Over(emulator);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var grok = host.Services.GetRequiredKeyedService<IChatClient>(key);
        Assert.Contains("303", (await grok.GetResponseAsync("What is 101*3?", cancellationToken: TestContext.Current.CancellationToken)).Text, StringComparison.Ordinal);
        Assert.Contains($"\"{Model}\"", emulator.Requests.Single().Body, StringComparison.Ordinal);
        Assert.Same(grok, host.Services.GetRequiredKeyedService<IChatClient>(key));
        Assert.Same(grok.GetService<GrokResponsesClient>(), host.Services.GetRequiredKeyedService<GrokResponsesClient>(key));
        Assert.Same(grok, host.Services.GetRequiredKeyedService<GrokChatClient>(key));
        Assert.Equal(key, client.ServiceKey);
        Assert.Equal(key is null, host.Services.GetService<IChatClient>() is not null);
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(way);
    }

    private static void InCode(GrokChatClientOptions options) => (options.Endpoint, options.Model) = (new(App.Loopback), Model);
}
