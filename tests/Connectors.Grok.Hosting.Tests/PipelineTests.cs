using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The layers around registered clients, and several registered clients.</summary>
public class PipelineTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_layer_is_outermost_and_sees_metadata_and_usage()
    {
        await using var emulator = new GrokEmulator();
        var notes = new List<string>();
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.AddGrokChatClient().Over(emulator)
            .Use(client => new RecordingClient(client, "outer", notes))
            .Use((client, services) => new RecordingClient(client, services.GetRequiredService<IHostEnvironment>().EnvironmentName, notes));
        using var host = builder.Build();
        var grok = host.Services.GetRequiredService<IChatClient>();

        Assert.Contains("303", (await grok.GetResponseAsync("What is 101*3?", cancellationToken: Now)).Text, StringComparison.Ordinal);
        var environment = host.Services.GetRequiredService<IHostEnvironment>().EnvironmentName;
        Assert.Equal(
            ["outer chat grok-4.7 of x_ai", $"{environment} chat grok-4.7 of x_ai", $"{environment} stop: grok-4.7, tokens", "outer stop: grok-4.7, tokens"], notes);

        notes.Clear();
        Assert.Contains("42", (await grok.GetStreamingResponseAsync("What is 6*7?", cancellationToken: Now).ToChatResponseAsync(Now)).Text, StringComparison.Ordinal);
        Assert.Equal("outer stop: grok-4.7, tokens", notes[^1]);
        Assert.IsType<GrokChatClient>(host.Services.GetRequiredService<GrokChatClient>());
    }

    [Fact]
    public async Task Function_invocation_wraps_conversations_that_wrap_the_client()
    {
        await using var emulator = new GrokEmulator();
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.AddGrokChatClient().Over(emulator).Use(static client => new FunctionInvoker(client)).AddConversations();
        using var host = builder.Build();
        await host.StartAsync(Now);
        var grok = host.Services.GetRequiredService<IChatClient>();
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement;
        var ticket = new ChatOptions { ConversationId = "ticket-4711", Tools = [new Weather(schema)] };

        Assert.Contains("18", (await grok.GetResponseAsync("What is the weather in Oslo?", ticket, Now)).Text, StringComparison.Ordinal);
        await grok.GetResponseAsync("My name is Alice. Remember this.", ticket, Now);
        emulator.ExpireResponses();
        Assert.Contains("Alice", (await grok.GetResponseAsync("What's my name?", ticket, Now)).Text, StringComparison.Ordinal);

        var conversations = grok.GetService<ConversationChatClient>()!;
        Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<ConversationChatClient>());
        Assert.Same(conversations.Conversations, host.Services.GetRequiredService<ConversationManager>());
        Assert.Equal(4, (await conversations.Conversations.GetTurnsAsync("ticket-4711", Now)).Count);
        Assert.IsType<FunctionInvoker>(grok);
    }

    [Fact]
    public void Adding_conversations_twice_throws()
    {
        var client = new ServiceCollection().AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).AddConversations();
        Assert.Throws<InvalidOperationException>(() => client.AddConversations());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Application_can_register_its_own_client_around_the_conversations(bool isInPipeline)
    {
        await using var emulator = new GrokEmulator();
        var services = new ServiceCollection();
        var notes = new List<string>();
        var grok = services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Over(emulator);
        if (isInPipeline)
        {
            grok.AddConversations();
        }
        else
        {
            services.AddGrokConversations();
        }

        var created = 0;
        services.AddSingleton<IChatClient>(sp =>
        {
            created++;
            return new RecordingClient(sp.GetRequiredService<ConversationChatClient>(), "mine", notes);
        });
        await using var provider = services.BuildServiceProvider();
        // Both services are resolved concurrently.
        var (asked, conversations) = (Task.Run(provider.GetRequiredService<IChatClient>, Now), Task.Run(provider.GetRequiredService<ConversationManager>, Now));
        await Task.WhenAll(asked, conversations).WaitAsync(TimeSpan.FromSeconds(30), Now);
        var client = await asked;
        Assert.Equal(1, created);
        Assert.Equal("t", (await client.GetResponseAsync("What is 101*3?", new() { ConversationId = "t" }, Now)).ConversationId);
        Assert.Equal(2, notes.Count);
        Assert.Same(client.GetService<ConversationChatClient>(), provider.GetRequiredService<ConversationChatClient>());
        Assert.Single(await provider.GetRequiredService<ConversationManager>().GetTurnsAsync("t", Now));
    }

    [Theory]
    [InlineData(typeof(IChatClient))]
    [InlineData(typeof(ConversationManager))]
    public async Task Circular_registration_of_client_and_conversations_throws(Type asked)
    {
        var services = new ServiceCollection();
        services.AddGrokConversations();
        services.AddSingleton<IChatClient>(static sp => new RecordingClient(sp.GetRequiredService<ConversationChatClient>(), "mine", []));
        await using var provider = services.BuildServiceProvider();
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => provider.GetRequiredService(asked), Now).WaitAsync(TimeSpan.FromSeconds(30), Now));
        Assert.StartsWith("The registered IChatClient is created from the ConversationChatClient that uses it.", e.Message, StringComparison.Ordinal);

        // A second resolution also throws instead of blocking.
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => provider.GetRequiredService(asked), Now).WaitAsync(TimeSpan.FromSeconds(30), Now));
    }

    [Fact]
    public void Layer_that_returns_null_throws()
    {
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Use(static _ => null!);
        using var provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task Keyed_clients_have_their_own_settings()
    {
        await using var emulator = new GrokEmulator();
        var builder = App.New(("Grok:Endpoint", App.Loopback), ("Grok:Deep:Endpoint", App.Loopback), ("Grok:Deep:Model", "grok-4.20-reasoning"));
        object first = new(), second = new();
        builder.AddGrokChatClient().Over(emulator);
        builder.AddKeyedGrokChatClient("deep").BindConfiguration("Grok:Deep").Over(emulator);
        var one = builder.AddKeyedGrokChatClient(first, static o => (o.Endpoint, o.Model) = (new(App.Loopback), "grok-4.3")).Over(emulator);
        var two = builder.AddKeyedGrokChatClient(second, static o => (o.Endpoint, o.Model) = (new(App.Loopback), "grok-4.6")).Over(emulator);
        using var host = builder.Build();
        await host.StartAsync(Now);

        Assert.NotEqual(one.Name, two.Name);
        Assert.Equal("grok-4.7", Model(host.Services.GetRequiredService<IChatClient>()));
        Assert.Equal("grok-4.20-reasoning", Model(host.Services.GetRequiredKeyedService<IChatClient>("deep")));
        Assert.Equal("grok-4.3", Model(host.Services.GetRequiredKeyedService<IChatClient>(first)));
        Assert.Equal("grok-4.6", Model(host.Services.GetRequiredKeyedService<IChatClient>(second)));
    }

    [Fact]
    public async Task Second_registration_configures_the_same_client()
    {
        await using var emulator = new GrokEmulator();
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => (o.Endpoint, o.Model) = (new(App.Loopback), "grok-4.3")).Over(emulator);
        services.AddGrokChatClient(static o => o.Model = "grok-4.6");
        await using var provider = services.BuildServiceProvider();

        var grok = Assert.Single(provider.GetServices<IChatClient>());
        Assert.Equal("grok-4.6", Model(grok));
        Assert.Contains("303", (await grok.GetResponseAsync("What is 101*3?", cancellationToken: Now)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_configured_by_the_application_apply()
    {
        var services = new ServiceCollection();
        services.Configure<GrokChatClientOptions>("key", static o => o.Endpoint = new(App.Loopback));
        services.AddKeyedGrokChatClient("key").Configure(static o => o.Model = "grok-4.3");
        using var provider = services.BuildServiceProvider();
        Assert.Equal("grok-4.3", Model(provider.GetRequiredKeyedService<IChatClient>("key")));
    }

    [Fact]
    public async Task Client_uses_the_registered_TimeProvider()
    {
        await using var emulator = new GrokEmulator();
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(7)));
        var time = new ManualTime();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(time);
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Over(emulator);
        await using var provider = services.BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync("What is 101*3?", cancellationToken: Now);
        // The wait is longer by a random part.
        await WaitUntil(() => time.Waits(TimeSpan.FromSeconds(30)));
        Assert.False(answer.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("303", (await answer).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Registration_methods_reject_invalid_arguments()
    {
        var services = new ServiceCollection();
        var host = App.New();
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddGrokChatClient());
        Assert.Throws<ArgumentNullException>(() => ((IHostApplicationBuilder)null!).AddGrokChatClient());
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddKeyedGrokChatClient("key"));
        Assert.Throws<ArgumentNullException>("builder", () => ((IHostApplicationBuilder)null!).AddKeyedGrokChatClient("key"));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddGrokConversations());
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddKeyedGrokConversations("key"));
        var client = services.AddGrokChatClient();
        Assert.Throws<ArgumentException>("sectionPath", () => client.BindConfiguration(" "));
        Assert.Throws<ArgumentException>("sectionPath", () => host.AddKeyedGrokChatClient("key").BindConfiguration(""));
        Assert.Throws<ArgumentNullException>("section", () => client.Bind(null!));
        Assert.Throws<ArgumentException>("sectionPath", () => services.AddGrokConversations().BindConfiguration(" "));
        Assert.Throws<ArgumentNullException>("section", () => services.AddGrokConversations().Bind(null!));
        Assert.Throws<ArgumentNullException>("layer", () => client.Use((Func<IChatClient, IChatClient>)null!));
        Assert.Throws<ArgumentNullException>("layer", () => client.Use((Func<IChatClient, IServiceProvider, IChatClient>)null!));
        Assert.Throws<ArgumentNullException>("configure", () => client.Configure(null!));
        Assert.Throws<ArgumentNullException>("configure", () => services.AddGrokConversations().Configure(null!));
        Assert.Throws<ArgumentNullException>("factory", () => services.AddGrokConversations().UseStore(null!));
    }

    private static string? Model(IChatClient client) => client.GetService<ChatClientMetadata>()!.DefaultModelId;

    private static async Task WaitUntil(Func<bool> condition)
    {
        while (!condition())
        {
            Now.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Weather(JsonElement schema) : AIFunction
    {
        public override string Name => "get_weather";

        public override string Description => "The weather in a city.";

        public override JsonElement JsonSchema => schema;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => new("18 degrees");
    }
}
