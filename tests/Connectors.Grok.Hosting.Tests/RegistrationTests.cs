using System.Reflection;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>All registration methods for a client, on services and on a host builder, keyed and unkeyed.</summary>
public class RegistrationTests
{
    private const string Model = "grok-4.20-reasoning";

    [Theory]
    [InlineData(null)]
    [InlineData("fast")]
    public async Task File_client_is_registered_with_the_chat_client_and_as_an_interface_on_request(string? key)
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var builder = App.New(("Grok:Endpoint", emulator.BaseAddress.AbsoluteUri));
        builder.Services.AddKeyedGrokChatClient(key).AddHostedFiles();
        using var host = builder.Build();
        var files = host.Services.GetRequiredKeyedService<GrokFileClient>(key);
        Assert.Same(files, host.Services.GetRequiredKeyedService<IHostedFileClient>(key));
        Assert.Same(files, host.Services.GetRequiredKeyedService<IChatClient>(key).GetService<GrokFileClient>());
        var file = await files.UploadAsync(new MemoryStream("The code is 4712."u8.ToArray()), "text/plain", "code.txt", cancellationToken: TestContext.Current.CancellationToken);
        var answer = await host.Services.GetRequiredKeyedService<IChatClient>(key).GetResponseAsync(new ChatMessage(ChatRole.User, [file, new TextContent("What is the code?")]), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("4712", answer.Text, StringComparison.Ordinal);

        var without = App.New(("Grok:Endpoint", App.Loopback));
        without.Services.AddKeyedGrokChatClient(key);
        using var other = without.Build();
        Assert.NotNull(other.Services.GetKeyedService<GrokFileClient>(key));
        Assert.Null(other.Services.GetKeyedService<IHostedFileClient>(key));
    }

    public static TheoryData<string, Func<HostApplicationBuilder, GrokChatClientBuilder>, object?> Registrations => new()
    {
        { "section Grok", static b => b.Services.AddGrokChatClient(), null },
        { "no action", static b => b.Services.AddGrokChatClient(null), null },
        { "name", static b => b.Services.AddGrokChatClient().BindConfiguration("Grok"), null },
        { "path", static b => b.Services.AddGrokChatClient().BindConfiguration("Clients:Fast"), null },
        { "model", static b => b.Services.AddGrokChatClient(static o => o.Model = Model).Configure(static o => o.Endpoint = new(App.Loopback)), null },
        { "section", static b => b.Services.AddGrokChatClient().Bind(b.Configuration.GetSection("Clients:Fast")), null },
        { "action", static b => b.Services.AddGrokChatClient(InCode), null },
        { "keyed section Grok", static b => b.Services.AddKeyedGrokChatClient("fast"), "fast" },
        { "keyed, no action", static b => b.Services.AddKeyedGrokChatClient("fast", null), "fast" },
        { "keyed name", static b => b.Services.AddKeyedGrokChatClient("fast").BindConfiguration("Clients:Fast"), "fast" },
        { "keyed model", static b => b.Services.AddKeyedGrokChatClient("fast", static o => o.Model = Model).Configure(static o => o.Endpoint = new(App.Loopback)), "fast" },
        { "keyed section", static b => b.Services.AddKeyedGrokChatClient("fast").Bind(b.Configuration.GetSection("Clients:Fast")), "fast" },
        { "keyed action", static b => b.Services.AddKeyedGrokChatClient("fast", InCode), "fast" },
        { "enum key", static b => b.Services.AddKeyedGrokChatClient(DayOfWeek.Friday, InCode), DayOfWeek.Friday },
        { "null key", static b => b.Services.AddKeyedGrokChatClient(null, InCode), null },
        { "host: section Grok", static b => b.AddGrokChatClient(), null },
        { "host: no action", static b => b.AddGrokChatClient(null), null },
        { "host: name", static b => b.AddGrokChatClient().BindConfiguration("Grok"), null },
        { "host: model", static b => b.AddGrokChatClient(static o => o.Model = Model).Configure(static o => o.Endpoint = new(App.Loopback)), null },
        { "host: section", static b => b.AddGrokChatClient().Bind(b.Configuration.GetSection("Clients:Fast")), null },
        { "host: action", static b => b.AddGrokChatClient(InCode), null },
        { "host: keyed section Grok", static b => b.AddKeyedGrokChatClient("fast"), "fast" },
        { "host: keyed, no action", static b => b.AddKeyedGrokChatClient("fast", null), "fast" },
        { "host: keyed name", static b => b.AddKeyedGrokChatClient("fast").BindConfiguration("Clients:Fast"), "fast" },
        { "host: keyed model", static b => b.AddKeyedGrokChatClient("fast", static o => o.Model = Model).Configure(static o => o.Endpoint = new(App.Loopback)), "fast" },
        { "host: keyed section", static b => b.AddKeyedGrokChatClient("fast").Bind(b.Configuration.GetSection("Clients:Fast")), "fast" },
        { "host: keyed action", static b => b.AddKeyedGrokChatClient("fast", InCode), "fast" },
    };

    [Theory]
    [MemberData(nameof(Registrations), DisableDiscoveryEnumeration = true)]
    public async Task Registered_client_answers_with_its_settings(string registration, Func<HostApplicationBuilder, GrokChatClientBuilder> register, object? key)
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
        Assert.NotEmpty(registration);
    }

    [Fact]
    public void Options_set_in_code_override_the_configuration_in_either_order()
    {
        var builder = App.New(("Grok:Model", "grok-4.3"), ("Grok:Fast:Endpoint", App.Loopback), ("Grok:Fast:Model", "grok-4.5"), ("Grok:Fast:MaxRetries", "7"));
        builder.AddGrokChatClient(static o => o.Model = "grok-4.6").BindConfiguration("Grok:Fast");
        builder.AddKeyedGrokChatClient("fast").BindConfiguration("Grok:Fast").Configure(static o => o.Model = "grok-4.6");
        using var host = builder.Build();
        foreach (var name in new[] { "", "fast" })
        {
            var options = host.Services.GetRequiredService<IOptionsMonitor<GrokChatClientOptions>>().Get(name);
            Assert.Equal(("grok-4.6", 7, App.Loopback), (options.Model, options.MaxRetries, options.Endpoint!.AbsoluteUri));
        }
    }

    [Fact]
    public void Keyed_clients_share_the_Grok_section_unless_bound_to_another()
    {
        var builder = App.New(("Grok:Endpoint", App.Loopback), ("Grok:ApiKey", "xai-shared"), ("Other:Endpoint", App.Loopback), ("Other:ApiKey", "xai-other"));
        builder.AddKeyedGrokChatClient("fast", static o => o.Model = "grok-4.3");
        builder.AddKeyedGrokChatClient("deep", static o => o.Model = "grok-4.7").BindConfiguration("Other");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<GrokChatClientOptions>>();
        Assert.Equal(("grok-4.3", "xai-shared"), (options.Get("fast").Model, options.Get("fast").ApiKey));
        Assert.Equal(("grok-4.7", "xai-other"), (options.Get("deep").Model, options.Get("deep").ApiKey));
    }

    [Fact]
    public void Registration_methods_have_the_expected_signatures()
    {
        var methods = typeof(GrokChatClient).Assembly.GetExportedTypes().SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(static m => m.Name.StartsWith("AddGrokC", StringComparison.Ordinal) || m.Name.StartsWith("AddKeyedGrok", StringComparison.Ordinal))
            .Select(static m => $"{m.Name}({string.Join(", ", m.GetParameters().Select(static p => $"{p.ParameterType.Name.Split('`')[0]} {p.Name}"))})");
        Assert.Equal(
            [
                "AddGrokChatClient(IHostApplicationBuilder builder, Action configure)",
                "AddGrokChatClient(IServiceCollection services, Action configure)",
                "AddGrokConversations(IHealthChecksBuilder builder, String name, Object serviceKey, Nullable timeout, Nullable failureStatus, IEnumerable tags)",
                "AddGrokConversations(IServiceCollection services, Action configure)",
                "AddKeyedGrokChatClient(IHostApplicationBuilder builder, Object serviceKey, Action configure)",
                "AddKeyedGrokChatClient(IServiceCollection services, Object serviceKey, Action configure)",
                "AddKeyedGrokConversations(IServiceCollection services, Object serviceKey, Action configure)",
            ],
            methods.Order(StringComparer.Ordinal));
    }

    private static void InCode(GrokChatClientOptions options) => (options.Endpoint, options.Model) = (new(App.Loopback), Model);
}
