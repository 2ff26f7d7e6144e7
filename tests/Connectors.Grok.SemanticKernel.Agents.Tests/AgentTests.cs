using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Agents.Tests;

/// <summary>A Semantic Kernel agent over the emulator, with the adapter and with the core alone.</summary>
public abstract class AgentTests(Way way) : KernelTest
{
    private static readonly string[] Turns = ["My name is Alice. Remember this.", "What is the weather in Oslo?", "What's my name?", "What is the weather in Paris?", "What is 101*3?"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agent_talks_for_five_turns(bool isStreamed)
    {
        var weather = new My_Weather();
        var agent = Agent(way.Kernel(Client(), weather));
        var answers = await TalkAsync(agent, new ChatHistoryAgentThread(), isStreamed);
        Assert.Contains("Alice", answers[2], StringComparison.Ordinal);
        Assert.Contains("Rain in Paris", answers[3], StringComparison.Ordinal);
        Assert.Contains("303", answers[4], StringComparison.Ordinal);
        Assert.Equal(["Oslo", "Paris"], weather.Asked);
        EachContinuesTheLast(7);
        Requests[0].ShouldSend("system", "user");
        foreach (var i in (int[])[1, 3, 4, 6])
        {
            Requests[i].ShouldSend("user");
        }

        Requests[2].ShouldSend("function_call_output");
        Requests[5].ShouldSend("function_call_output");
    }

    [Fact]
    public async Task An_agent_that_nobody_stores_carries_its_reasoning_unchanged()
    {
        var agent = Agent(way.Kernel(Client(store: false), new My_Weather()));
        var answers = await TalkAsync(agent, new ChatHistoryAgentThread(), isStreamed: false);
        Assert.Contains("303", answers[4], StringComparison.Ordinal);
        Assert.Equal(7, Requests.Count);
        Assert.Equal(Wire.Blobs.Take(6), Wire.BlobsOf(Requests[6]));
    }

    [Fact]
    public async Task A_streamed_agent_that_nobody_stores_carries_what_its_thread_kept()
    {
        var agent = Agent(way.Kernel(Client(store: false), new My_Weather()));
        var answers = await TalkAsync(agent, new ChatHistoryAgentThread(), isStreamed: true);
        Assert.Contains("Alice", answers[2], StringComparison.Ordinal);
        Assert.Contains("303", answers[4], StringComparison.Ordinal);
        Assert.Equal(
            ["system", "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user"],
            Said(Requests[6].ShouldContinueNothing()));
        // The agent keeps of its answers the text alone, and the calls as they were.
        Assert.Equal([Wire.Blobs[1], Wire.Blobs[4]], Wire.BlobsOf(Requests[6]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_expired_conversation_is_rebuilt_without_the_agent_noticing(bool isStreamed)
    {
        var agent = Agent(way.Kernel(Client(), new My_Weather()));
        var thread = new ChatHistoryAgentThread();
        await SayAsync(agent, thread, Turns[0], isStreamed);
        await SayAsync(agent, thread, Turns[1], isStreamed);
        Emulator.ExpireResponses();
        Assert.Contains("Alice", await SayAsync(agent, thread, Turns[2], isStreamed), StringComparison.Ordinal);
        Assert.Equal(5, Requests.Count);
        Requests[3].ShouldContinue(Wire.Ids[2]).ShouldSend("user");
        Requests[4].ShouldContinueNothing();
        Assert.Equal(["system", "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user"], Said(Requests[4]));
        await SayAsync(agent, thread, Turns[4], isStreamed);
        Requests[5].ShouldContinue(Wire.Ids[^2]).ShouldSend("user");
    }

    private static string[] Said(RecordedRequest request) =>
        [.. request.Items.Select(static i => i.TryGetProperty("role", out var role) ? role.GetString()! : i.GetProperty("type").GetString()!).Where(static n => n != "reasoning")];

    private ChatCompletionAgent Agent(Kernel kernel) => new()
    {
        Name = "Helper",
        Instructions = "You are brief.",
        Kernel = kernel,
        Arguments = new KernelArguments(way.Settings(FunctionChoiceBehavior.Auto())),
    };

    private static async Task<List<string>> TalkAsync(ChatCompletionAgent agent, AgentThread thread, bool isStreamed)
    {
        var answers = new List<string>();
        foreach (var turn in Turns)
        {
            answers.Add(await SayAsync(agent, thread, turn, isStreamed));
        }

        return answers;
    }

    private static async Task<string> SayAsync(ChatCompletionAgent agent, AgentThread thread, string text, bool isStreamed)
    {
        var said = new List<string?>();
        if (isStreamed)
        {
            await foreach (var item in agent.InvokeStreamingAsync(new ChatMessageContent(AuthorRole.User, text), thread))
            {
                said.Add(item.Message.Content);
            }
        }
        else
        {
            await foreach (var item in agent.InvokeAsync(new ChatMessageContent(AuthorRole.User, text), thread))
            {
                said.Add(item.Message.Content);
            }
        }

        return string.Concat(said);
    }
}

public sealed class AdapterAgentTests() : AgentTests(Way.Adapter);

public sealed class PlainAgentTests() : AgentTests(Way.Plain);
