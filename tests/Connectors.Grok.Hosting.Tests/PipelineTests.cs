using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>What wraps a registered client, and how several of them stand side by side.</summary>
public class PipelineTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_layer_is_the_outermost_and_the_client_works_under_a_telemetry_middleware()
    {
        await using var emulator = new GrokEmulator();
        var notes = new List<string>();
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.AddGrokChatClient().Over(emulator)
            .Use(client => new Witness(client, "outer", notes))
            .Use((client, services) => new Witness(client, services.GetRequiredService<IHostEnvironment>().EnvironmentName, notes));
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
    public async Task Functions_are_invoked_around_conversations_around_the_client()
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
    public void A_pipeline_has_conversations_once()
    {
        var client = new ServiceCollection().AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).AddConversations();
        Assert.Throws<InvalidOperationException>(() => client.AddConversations());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_may_wrap_the_conversations_and_register_that(bool isInPipeline)
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

        var made = 0;
        services.AddSingleton<IChatClient>(sp =>
        {
            made++;
            return new Witness(sp.GetRequiredService<ConversationChatClient>(), "mine", notes);
        });
        await using var provider = services.BuildServiceProvider();
        // Whoever asks first, and both at once.
        var (asked, conversations) = (Task.Run(provider.GetRequiredService<IChatClient>, Now), Task.Run(provider.GetRequiredService<ConversationManager>, Now));
        await Task.WhenAll(asked, conversations).WaitAsync(TimeSpan.FromSeconds(30), Now);
        var client = await asked;
        Assert.Equal(1, made);
        Assert.Equal("t", (await client.GetResponseAsync("What is 101*3?", new() { ConversationId = "t" }, Now)).ConversationId);
        Assert.Equal(2, notes.Count);
        Assert.Same(client.GetService<ConversationChatClient>(), provider.GetRequiredService<ConversationChatClient>());
        Assert.Single(await provider.GetRequiredService<ConversationManager>().GetTurnsAsync("t", Now));
    }

    [Theory]
    [InlineData(typeof(IChatClient))]
    [InlineData(typeof(ConversationManager))]
    public async Task A_client_over_the_conversations_that_stand_over_it_is_told_of(Type asked)
    {
        var services = new ServiceCollection();
        services.AddGrokConversations();
        services.AddSingleton<IChatClient>(static sp => new Witness(sp.GetRequiredService<ConversationChatClient>(), "mine", []));
        await using var provider = services.BuildServiceProvider();
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => provider.GetRequiredService(asked), Now).WaitAsync(TimeSpan.FromSeconds(30), Now));
        Assert.StartsWith("The registered IChatClient is created from the ConversationChatClient that uses it.", e.Message, StringComparison.Ordinal);

        // Once it is told it can be asked again.
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => provider.GetRequiredService(asked), Now).WaitAsync(TimeSpan.FromSeconds(30), Now));
    }

    [Fact]
    public void A_layer_that_is_null_is_a_mistake()
    {
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Use(static _ => null!);
        using var provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task Keyed_clients_stand_side_by_side()
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
    public async Task A_second_registration_adds_to_the_first()
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
    public void The_application_s_own_configuration_of_the_options_counts()
    {
        var services = new ServiceCollection();
        services.Configure<GrokChatClientOptions>("key", static o => o.Endpoint = new(App.Loopback));
        services.AddKeyedGrokChatClient("key").Configure(static o => o.Model = "grok-4.3");
        using var provider = services.BuildServiceProvider();
        Assert.Equal("grok-4.3", Model(provider.GetRequiredKeyedService<IChatClient>("key")));
    }

    [Fact]
    public async Task The_clock_of_the_application_is_the_clock_of_the_client()
    {
        await using var emulator = new GrokEmulator();
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(7)));
        var time = new ManualTime();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(time);
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Over(emulator);
        await using var provider = services.BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync("What is 101*3?", cancellationToken: Now);
        await WaitUntil(() => time.Waits(TimeSpan.FromSeconds(7)));
        Assert.False(answer.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Contains("303", (await answer).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_overload_checks_its_arguments()
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
