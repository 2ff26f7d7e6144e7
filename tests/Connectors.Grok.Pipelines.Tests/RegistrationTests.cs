using Connectors.Grok.Conversations;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>The pipelines of docs/hosting.md, registered as in an application.</summary>
public class RegistrationTests : PipelineTest
{
    public static TheoryData<string, Action<ServiceCollection>> Pipelines => new()
    {
        {
            "the pipeline of this library, with function invocation around conversations",
            static services => services.AddGrokChatClient()
                .Use(static (client, provider) => client.AsBuilder().UseFunctionInvocation().Build(provider))
                .Use(static (client, provider) => client.AsBuilder().UseOpenTelemetry().Build(provider))
                .AddConversations()
        },
        {
            "a pipeline of the application over the registered conversations",
            static services =>
            {
                services.AddGrokChatClient();
                services.AddGrokConversations();
                services.AddChatClient(static provider => provider.GetRequiredService<ConversationChatClient>()).UseLogging().UseFunctionInvocation();
            }
        },
        {
            "a pipeline of the application over the registered client, with conversations around it",
            static services =>
            {
                services.AddGrokChatClient();
                services.AddChatClient(static provider => provider.GetRequiredService<GrokChatClient>()).UseFunctionInvocation().Use(static (client, provider) =>
                    client.AsConversationClient(provider.GetRequiredService<ConversationStore>()));
                services.AddSingleton<ConversationStore, InMemoryConversationStore>(static _ => new());
            }
        },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Registered_pipeline_invokes_functions_and_stores_conversations(string pipeline, Action<ServiceCollection> register)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<GrokChatClientOptions>(o => (o.Endpoint, o.ApiKey) = (Emulator.BaseAddress, "xai-test"));
        register(services);
        await using var provider = services.BuildServiceProvider();
        var client = await Task.Run(provider.GetRequiredService<IChatClient>, Now).WaitAsync(TimeSpan.FromSeconds(30), Now);
        Emulator.Script.Reply(static r => r.Call("f")).Reply("Done.").Reply("After.");
        var options = new ChatOptions { ConversationId = Ticket, Tools = [AIFunctionFactory.Create(static () => "ok", "f")] };
        Assert.Equal("Done.", (await client.GetStreamingResponseAsync("Go.", options, Now).ToChatResponseAsync(Now)).Messages[^1].Text);
        Emulator.ExpireResponses();
        Assert.Equal(("After.", Ticket), (await client.GetResponseAsync("And?", options, Now)) is var after ? (after.Text, after.ConversationId) : default);
        Assert.Equal(["user", "output", "user", "user call output assistant user"], GetSentItems());
        Assert.NotEmpty(pipeline);
    }
}
