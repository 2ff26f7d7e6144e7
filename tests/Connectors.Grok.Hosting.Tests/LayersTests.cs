using System.Diagnostics;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The layers of Microsoft.Extensions.AI on the builder of a registered client, with the method names of <see cref="ChatClientBuilder"/>.</summary>
public class LayersTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<GrokChatClientBuilder>> Orders => new()
    {
        { "one line each", static b => b.UseFunctionInvocation().UseOpenTelemetry().UseLogging().AddConversations() },
        { "in one call", static b => b.UseLayers(static layers => layers.UseFunctionInvocation().UseOpenTelemetry().UseLogging()).AddConversations() },
    };

    [Theory]
    [MemberData(nameof(Orders), DisableDiscoveryEnumeration = true)]
    public async Task Function_invocation_above_conversations_stores_each_answer_as_a_turn(string order, Action<GrokChatClientBuilder> add)
    {
        await using var emulator = new GrokEmulator();
        using var host = await StartAsync(emulator, add);
        var grok = host.Services.GetRequiredService<IChatClient>();
        Assert.IsType<FunctionInvokingChatClient>(grok);
        Assert.NotNull(grok.GetService<OpenTelemetryChatClient>()?.GetService<LoggingChatClient>()?.GetService<ConversationChatClient>()?.GetService<GrokChatClient>());

        var asked = 0;
        var ticket = new ChatOptions { ConversationId = "ticket-4711", Tools = [AIFunctionFactory.Create(() => $"18 degrees, asked {++asked}", "get_weather")] };
        Assert.Contains("18", (await grok.GetResponseAsync("What is the weather in Oslo?", ticket, Now)).Text, StringComparison.Ordinal);
        Assert.Equal(1, asked);
        Assert.Equal(2, (await host.Services.GetRequiredService<ConversationManager>().GetTurnsAsync("ticket-4711", Now)).Count);
        Assert.NotNull(emulator.Requests[^1].PreviousResponseId);
        Assert.NotEmpty(order);
    }

    [Fact]
    public async Task Function_invocation_below_conversations_stores_the_loop_as_one_turn()
    {
        await using var emulator = new GrokEmulator();
        using var host = await StartAsync(emulator, static b => b.AddConversations().UseFunctionInvocation());
        var grok = host.Services.GetRequiredService<IChatClient>();
        Assert.IsType<ConversationChatClient>(grok);
        Assert.Same(grok, host.Services.GetRequiredService<ConversationChatClient>());

        var ticket = new ChatOptions { ConversationId = "ticket-4711", Tools = [AIFunctionFactory.Create(static () => "18 degrees", "get_weather")] };
        Assert.Contains("18", (await grok.GetResponseAsync("What is the weather in Oslo?", ticket, Now)).Text, StringComparison.Ordinal);
        Assert.Single(await host.Services.GetRequiredService<ConversationManager>().GetTurnsAsync("ticket-4711", Now));
    }

    [Fact]
    public async Task History_tracking_below_function_invocation_sends_only_new_messages()
    {
        await using var emulator = new GrokEmulator();
        using var host = await StartAsync(emulator, static b => b.UseFunctionInvocation().AddHistoryTracking(static o => o.KeepReasoning = false));
        var grok = host.Services.GetRequiredService<IChatClient>();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        history.AddMessages(await grok.GetResponseAsync(history, cancellationToken: Now));
        history.Add(new(ChatRole.User, "What's my name?"));
        var answer = await grok.GetResponseAsync(history, cancellationToken: Now);
        Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
        Assert.Null(answer.ConversationId);
        Assert.NotNull(emulator.Requests[^1].PreviousResponseId);
        Assert.Single(emulator.Requests[^1].Items);
    }

    [Fact]
    public async Task Layer_options_are_applied()
    {
        await using var emulator = new GrokEmulator();
        using var loggerFactory = LoggerFactory.Create(static _ => { });
        using var host = await StartAsync(emulator, b => b
            .UseFunctionInvocation(loggerFactory, static f => f.MaximumIterationsPerRequest = 3)
            .UseOpenTelemetry(sourceName: "chat", configure: static t => t.EnableSensitiveData = true)
            .UseLogging(loggerFactory, static l => l.JsonSerializerOptions = new(AIJsonUtilities.DefaultOptions) { WriteIndented = true })
            .ConfigureOptions(static o => o.MaxOutputTokens = 77));
        var grok = host.Services.GetRequiredService<IChatClient>();
        Assert.Equal(3, grok.GetService<FunctionInvokingChatClient>()!.MaximumIterationsPerRequest);
        Assert.True(grok.GetService<OpenTelemetryChatClient>()!.EnableSensitiveData);
        Assert.Equal("chat", grok.GetService<ActivitySource>()!.Name);
        Assert.True(grok.GetService<LoggingChatClient>()!.JsonSerializerOptions.WriteIndented);

        var options = new ChatOptions();
        await grok.GetResponseAsync("What is 101*3?", options, Now);
        Assert.Null(options.MaxOutputTokens);
        Assert.Equal(77, emulator.Requests.Single().Json!.Value.GetProperty("max_output_tokens").GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cached_answer_is_not_requested_again(bool isApplications)
    {
        await using var emulator = new GrokEmulator();
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        var configured = 0;
        using var host = await StartAsync(emulator, b => b.UseDistributedCache(isApplications ? null : cache, _ => configured++), isApplications ? cache : null);
        var grok = host.Services.GetRequiredService<IChatClient>();
        var first = await grok.GetResponseAsync("What is 101*3?", cancellationToken: Now);
        var second = await grok.GetResponseAsync("What is 101*3?", cancellationToken: Now);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(1, configured);
        Assert.Single(emulator.Requests);
    }

    [Fact]
    public async Task Cache_below_conversations_returns_the_id_of_each_conversation()
    {
        await using var emulator = new GrokEmulator();
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        using var host = await StartAsync(emulator, b => b.AddConversations().UseDistributedCache(cache));
        var grok = host.Services.GetRequiredService<IChatClient>();
        Assert.Equal("one", (await grok.GetResponseAsync("What is 101*3?", new() { ConversationId = "one" }, Now)).ConversationId);
        Assert.Equal("two", (await grok.GetResponseAsync("What is 101*3?", new() { ConversationId = "two" }, Now)).ConversationId);
        Assert.NotEqual(
            (await grok.GetResponseAsync("What is 101*3?", cancellationToken: Now)).ConversationId, (await grok.GetResponseAsync("What is 101*3?", cancellationToken: Now)).ConversationId);
    }

    [Fact]
    public async Task Resolving_a_client_below_other_layers_throws()
    {
        await using var emulator = new GrokEmulator();
        using var host = await StartAsync(emulator, static b => b.UseFunctionInvocation().AddConversations());
        var e = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<ConversationChatClient>());
        Assert.Contains("Inject IChatClient", e.Message, StringComparison.Ordinal);
        Assert.Same(
            host.Services.GetRequiredService<IChatClient>().GetService<ConversationChatClient>()!.Conversations, host.Services.GetRequiredService<ConversationManager>());
    }

    [Fact]
    public async Task Separately_registered_conversations_call_all_layers_of_the_pipeline()
    {
        await using var emulator = new GrokEmulator();
        using var host = await StartAsync(emulator, static b =>
        {
            b.UseFunctionInvocation();
            b.Services.AddGrokConversations();
        });
        var ticket = new ChatOptions { ConversationId = "ticket-4711", Tools = [AIFunctionFactory.Create(static () => "18 degrees", "get_weather")] };
        var answer = await host.Services.GetRequiredService<ConversationChatClient>().GetResponseAsync("What is the weather in Oslo?", ticket, Now);
        Assert.Contains("18", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Layer_methods_reject_null_arguments()
    {
        var builder = new ServiceCollection().AddGrokChatClient();
        GrokChatClientBuilder none = null!;
        Assert.Throws<ArgumentNullException>("builder", () => none.UseLayers(static _ => { }));
        Assert.Throws<ArgumentNullException>("layers", () => builder.UseLayers(null!));
        Assert.Throws<ArgumentNullException>("builder", () => none.UseFunctionInvocation());
        Assert.Throws<ArgumentNullException>("builder", () => none.UseOpenTelemetry());
        Assert.Throws<ArgumentNullException>("builder", () => none.UseLogging());
        Assert.Throws<ArgumentNullException>("builder", () => none.UseDistributedCache());
        Assert.Throws<ArgumentNullException>("configure", () => builder.ConfigureOptions(null!));
        Assert.Throws<ArgumentNullException>("builder", () => none.ConfigureOptions(static _ => { }));
    }

    private static async Task<IHost> StartAsync(GrokEmulator emulator, Action<GrokChatClientBuilder> add, IDistributedCache? cache = null)
    {
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.Services.AddLogging();
        if (cache is not null)
        {
            builder.Services.AddSingleton(cache);
        }

        add(builder.AddGrokChatClient().Over(emulator));
        var host = builder.Build();
        await host.StartAsync(Now);
        return host;
    }
}
