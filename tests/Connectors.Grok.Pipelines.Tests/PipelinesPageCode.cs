using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Every C# block of docs/pipelines.md.</summary>
public class PipelinesPageCode : PipelineTest
{
    [Fact]
    public async Task Whole_pipeline_of_the_page_answers_and_remembers()
    {
        IDistributedCache cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        var client = Whole(Grok(), Grok(), new InMemoryConversationStore(), cache, NullLoggerFactory.Instance);
        var options = new ChatOptions { ConversationId = Ticket, Tools = [AIFunctionFactory.Create(static (string city) => $"Rain in {city}", "get_weather")] };
        Assert.Contains("Rain in Oslo", (await client.GetResponseAsync("What is the weather in Oslo?", options, Now)).Text, StringComparison.Ordinal);
        await client.GetResponseAsync("My name is Alice. Remember this.", options, Now);
        Assert.Contains("Alice", (await client.GetResponseAsync("What's my name?", options, Now)).Text, StringComparison.Ordinal);
        Assert.Equal(4, Emulator.Requests.Count);
    }

    [Fact]
    public async Task Pipeline_for_callers_with_histories_answers_and_remembers()
    {
        var client = Histories(Grok());
        List<ChatMessage> history = [];
        foreach (var question in new[] { "My name is Alice. Remember this.", "What is 101*3?", "What's my name?" })
        {
            history.Add(new(ChatRole.User, question));
            history.AddRange((await client.GetResponseAsync(history, cancellationToken: Now)).Messages);
        }

        Assert.Contains("Alice", history[^1].Text, StringComparison.Ordinal);
        Emulator.Requests[^1].ShouldSend("user");
    }

    private static IChatClient Whole(IChatClient grok, IChatClient spare, ConversationStore store, IDistributedCache cache, ILoggerFactory logs)
    {
        #region whole
        var client = new OrderedFailoverChatClient([grok, spare]) // innermost: which service answers
            .AsBuilder().UseDistributedCache(cache).Build()       // below conversations
            .AsConversationClient(store)                          // the state
            .AsBuilder()
            .UseFunctionInvocation()
            .UseOpenTelemetry()                                   // inside function invocation
            .UseLogging(logs)
            .Build();
        #endregion
        return client;
    }

    private static IChatClient Histories(IChatClient grok)
    {
        #region histories
        var client = grok.AsHistoryTrackingClient().AsBuilder()
            .UseChatReducer(new MessageCountingChatReducer(100)) // outermost: what the model may see
            .UseFunctionInvocation()
            .UseOpenTelemetry()
            .Build();
        #endregion
        return client;
    }
}
