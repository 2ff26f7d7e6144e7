using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>A history that the service compacts, in a pipeline of Microsoft.Extensions.AI and in Agent Framework.</summary>
public class ReducerTests : PipelineTest
{
    private static readonly string[] Questions = ["My name is Alice. Remember this.", "What is 101*3", "What is 2*3", "What's my name?", "What is 2*4", "What is 2*5", "Say it again: what's my name?"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pipeline_with_UseChatReducer_sends_the_summary_in_place_of_the_history(bool isStreamed)
    {
        var grok = Grok(isUnstored: true);
        using var client = grok.AsBuilder().UseChatReducer(new GrokChatReducer(grok, new() { Turns = 3 })).Build();
        List<ChatMessage> history = [new(ChatRole.System, "You are kind.")];
        foreach (var question in Questions)
        {
            history.Add(new(ChatRole.User, question));
            var response = isStreamed ? await client.GetStreamingResponseAsync(history, cancellationToken: Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(history, cancellationToken: Now);
            history.AddRange(response.Messages);
            Assert.Equal(question.Contains("my name?", StringComparison.Ordinal), response.Text.Contains("Alice", StringComparison.Ordinal) && !question.StartsWith("My", StringComparison.Ordinal));
        }

        Assert.Equal(15, history.Count);
        Assert.Equal(2, Emulator.Requests.Count(static r => r.Path.EndsWith("/compact", StringComparison.Ordinal)));
        Assert.Equal("compaction user", GetSentItems().Last());
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        Assert.Contains(Emulator.Requests, static r => r.Path.EndsWith("/compact", StringComparison.Ordinal) && r.Body.Contains("\"encrypted_content\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Function_loop_over_a_reducer_keeps_its_calls_out_of_the_summary()
    {
        var grok = Grok(isUnstored: true);
        using var client = grok.AsBuilder().UseFunctionInvocation().UseChatReducer(new GrokChatReducer(grok, new() { Turns = 1 })).Build();
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(static (string city) => $"rain in {city}", "get_weather")] };
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        history.AddRange((await client.GetResponseAsync(history, options, Now)).Messages);
        history.Add(new(ChatRole.User, "What's the weather in Oslo?"));
        history.AddRange((await client.GetResponseAsync(history, options, Now)).Messages);
        Assert.Equal(["compaction user", "compaction user reasoning call output"], GetSentItems().TakeLast(2));
        history.Add(new(ChatRole.User, "What's my name?"));
        Assert.Contains("Alice", (await client.GetResponseAsync(history, options, Now)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Agent_keeps_the_summary_in_its_session(bool isStreamed)
    {
        var grok = Grok(isUnstored: true);
        var agent = new ChatClientAgent(grok, new ChatClientAgentOptions
        {
            ChatOptions = new() { Instructions = "End every answer with \"Over.\"" },
            ChatHistoryProvider = new InMemoryChatHistoryProvider(new() { ChatReducer = new GrokChatReducer(grok, new() { Turns = 2 }) }),
        });
        var session = await agent.CreateSessionAsync(Now);
        foreach (var question in Questions)
        {
            // As when another process continues the session.
            using var json = JsonDocument.Parse((await agent.SerializeSessionAsync(session, cancellationToken: Now)).GetRawText());
            session = await agent.DeserializeSessionAsync(json.RootElement.Clone(), cancellationToken: Now);
            var text = isStreamed ? string.Concat(await agent.RunStreamingAsync(question, session, cancellationToken: Now).Select(static u => u.Text).ToListAsync(Now)) : (await agent.RunAsync(question, session, cancellationToken: Now)).Text;
            Assert.EndsWith("Over.", text, StringComparison.Ordinal);
            Assert.True(!question.Contains("my name?", StringComparison.Ordinal) || text.Contains("Alice", StringComparison.Ordinal), text);
        }

        Assert.Equal(3, Emulator.Requests.Count(static r => r.Path.EndsWith("/compact", StringComparison.Ordinal)));
        Assert.Equal("compaction system user", GetSentItems().Last());
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }
}
