using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The C# blocks of docs/hosting.md and docs/stores.md that are marked csharp, in their order.</summary>
public class DocsCode
{
    [Fact]
    public void Code_of_the_pages_equals_the_compiled_code()
    {
        string[] pages = ["docs/hosting.md", "docs/stores.md"];
        Assert.Equal(CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.Hosting.Tests/DocsCode.cs")), pages.SelectMany(static p => CodeBlocks.OfPage(Repository.PathTo(p))));
    }

    [Fact]
    public void Code_of_the_hosting_page_registers_its_services()
    {
        var builder = App.New(("Grok:Endpoint", App.Loopback), ("Grok:Fast:Endpoint", App.Loopback), ("ConnectionStrings:Conversations", "Host=127.0.0.1;Port=1"));
        Register(builder);
        Keyed(builder);
        Pipeline(builder);
        Layers(builder);
        Beside(builder);
        Handlers(builder);
        Health(builder);
        using var host = builder.Build();
        Assert.NotNull(host.Services.GetRequiredService<Summaries>());
        Assert.NotNull(host.Services.GetRequiredKeyedService<IChatClient>("support").GetService<ConversationChatClient>());
        Assert.IsType<FunctionInvokingChatClient>(host.Services.GetRequiredKeyedService<IChatClient>("tools"));
    }

    [Fact]
    public async Task Code_of_the_hosting_page_separates_conversations_by_visitor()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        using var client = new GrokChatClient("grok-4.7", endpoint: emulator.BaseAddress).AsConversationClient(new InMemoryConversationStore());
        Assert.Equal("1", Turns(await ForVisitorAsync(client, client.Conversations, "alice")));
        Assert.Equal("2", Turns(await ForVisitorAsync(client, client.Conversations, "alice")));
        Assert.Equal("1", Turns(await ForVisitorAsync(client, client.Conversations, "bob")));

        static string Turns(string line) => line[^1..]; // the answer, then the number of turns
    }

    private static void Register(HostApplicationBuilder builder)
    {
        #region register
        builder.AddGrokChatClient();                                              // the section "Grok", if it exists
        builder.AddGrokChatClient(static options => options.Model = "grok-4.7");  // the same, and options set in code
        builder.AddGrokChatClient().BindConfiguration("Grok:Fast");               // another section, which must exist
        builder.AddGrokChatClient().Bind(builder.Configuration.GetSection("Grok:Fast"));
        #endregion
    }

    private static void Keyed(HostApplicationBuilder builder)
    {
        #region keyed
        builder.AddKeyedGrokChatClient("fast").BindConfiguration("Grok:Fast");
        builder.AddKeyedGrokChatClient("deep", static options => options.Model = "grok-4.7");
        builder.Services.AddSingleton<Summaries>();
        #endregion
    }

    private static void Pipeline(HostApplicationBuilder builder)
    {
        #region pipeline
        builder.AddKeyedGrokChatClient("support")
            .Use(static (client, services) => new Courtesy(client)) // the outermost: your own, or a layer of Microsoft.Extensions.AI
            .AddConversations(static conversations => conversations
                .UseSqlite("conversations.db")
                .Configure(static options => options.KeepFor = TimeSpan.FromDays(90)));
        #endregion
    }

    private static void Layers(HostApplicationBuilder builder)
    {
        #region layers
        builder.AddKeyedGrokChatClient("tools")
            .UseFunctionInvocation()
            .UseOpenTelemetry(sourceName: "chat")
            .AddConversations();
        #endregion
    }

    private static void Beside(HostApplicationBuilder builder)
    {
        #region beside
        builder.Services.AddGrokConversations().UsePostgres(builder.Configuration.GetConnectionString("Conversations")!);
        #endregion
    }

    private static async Task<string> ForVisitorAsync(IChatClient client, ConversationManager conversations, string visitor)
    {
        #region tenant
        var options = new ChatOptions { ConversationId = "ticket-4711" }.WithTenant(visitor); // a copy that names the tenant
        var answer = await client.GetResponseAsync("What's my name?", options);               // every layer of the pipeline runs
        var turns = await conversations.ForTenant(visitor).GetTurnsAsync("ticket-4711");      // the manager takes the tenant too
        #endregion
        return answer.Text + turns.Count;
    }

    private static void Handlers(HostApplicationBuilder builder)
    {
        #region handlers
        builder.AddGrokChatClient().HttpClient
            .AddHttpMessageHandler(static () => new Stamp()); // stays, and sees every attempt
        #endregion
    }

    private static void Health(HostApplicationBuilder builder)
    {
        #region health
        builder.Services.AddHealthChecks()
            .AddGrok()
            .AddGrok("grok-service", serviceKey: "fast", configure: static options => options.Ping = true, tags: ["ready"])
            .AddGrokConversations(tags: ["ready"]);
        #endregion
    }

    private static void OnRedis(HostApplicationBuilder builder)
    {
        #region redis
        builder.Services.AddGrokConversations().UseRedis("node1:6379,node2:6379,node3:6379", options => options.MinReplicas = 1);
        #endregion
    }

    private sealed class Summaries([FromKeyedServices("fast")] IChatClient grok)
    {
        public async Task<string> SummarizeAsync(string text) => (await grok.GetResponseAsync($"Summarize: {text}")).Text;
    }

    private sealed class Courtesy(IChatClient client) : DelegatingChatClient(client);

    private sealed class Stamp : DelegatingHandler;
}
