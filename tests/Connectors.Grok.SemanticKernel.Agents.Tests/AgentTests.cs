using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Agents.Tests;

/// <summary>A Semantic Kernel agent over the emulator, with this package and with the core only.</summary>
public abstract class AgentTests(Integration integration) : KernelTest
{
    private static readonly string[] Turns = ["My name is Alice. Remember this.", "What is the weather in Oslo?", "What's my name?", "What is the weather in Paris?", "What is 101*3?"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Agent_sends_only_new_messages_over_five_turns(bool isStreamed)
    {
        var weather = new My_Weather();
        var agent = Agent(integration.Kernel(Client(), weather));
        var answers = await RunConversationAsync(agent, new ChatHistoryAgentThread(), isStreamed);
        Assert.Contains("Alice", answers[2], StringComparison.Ordinal);
        Assert.Contains("Rain in Paris", answers[3], StringComparison.Ordinal);
        Assert.Contains("303", answers[4], StringComparison.Ordinal);
        Assert.Equal(["Oslo", "Paris"], weather.Cities);
        AssertEachRequestContinuesThePrevious(7);
        Requests[0].ShouldSend("system", "user");
        foreach (var i in (int[])[1, 3, 4, 6])
        {
            Requests[i].ShouldSend("user");
        }

        Requests[2].ShouldSend("function_call_output");
        Requests[5].ShouldSend("function_call_output");
    }

    [Fact]
    public async Task Agent_without_storage_resends_encrypted_reasoning_unchanged()
    {
        var agent = Agent(integration.Kernel(Client(store: false), new My_Weather()));
        var answers = await RunConversationAsync(agent, new ChatHistoryAgentThread(), isStreamed: false);
        Assert.Contains("303", answers[4], StringComparison.Ordinal);
        Assert.Equal(7, Requests.Count);
        Assert.Equal(Wire.Blobs.Take(6), Wire.GetBlobs(Requests[6]));
    }

    [Fact]
    public async Task Streamed_agent_without_storage_resends_the_content_of_its_thread()
    {
        var agent = Agent(integration.Kernel(Client(store: false), new My_Weather()));
        var answers = await RunConversationAsync(agent, new ChatHistoryAgentThread(), isStreamed: true);
        Assert.Contains("Alice", answers[2], StringComparison.Ordinal);
        Assert.Contains("303", answers[4], StringComparison.Ordinal);
        Assert.Equal(
            ["system", "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user"],
            GetItemKinds(Requests[6].ShouldContinueNothing()));
        // When an agent streams, its thread keeps a final answer as text only, and a message with function calls together with its reasoning.
        Assert.Equal([Wire.Blobs[1], Wire.Blobs[4]], Wire.GetBlobs(Requests[6]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Agent_continues_after_responses_expire(bool isStreamed)
    {
        var agent = Agent(integration.Kernel(Client(), new My_Weather()));
        var thread = new ChatHistoryAgentThread();
        await SendAsync(agent, thread, Turns[0], isStreamed);
        await SendAsync(agent, thread, Turns[1], isStreamed);
        Emulator.ExpireResponses();
        Assert.Contains("Alice", await SendAsync(agent, thread, Turns[2], isStreamed), StringComparison.Ordinal);
        Assert.Equal(5, Requests.Count);
        Requests[3].ShouldContinue(Wire.Ids[2]).ShouldSend("user");
        Requests[4].ShouldContinueNothing();
        Assert.Equal(["system", "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user"], GetItemKinds(Requests[4]));
        await SendAsync(agent, thread, Turns[4], isStreamed);
        Requests[5].ShouldContinue(Wire.Ids[^2]).ShouldSend("user");
    }

    private static string[] GetItemKinds(RecordedRequest request) =>
        [.. request.Items.Select(static i => i.TryGetProperty("role", out var role) ? role.GetString()! : i.GetProperty("type").GetString()!).Where(static n => n != "reasoning")];

    private ChatCompletionAgent Agent(Kernel kernel) => new()
    {
        Name = "Helper",
        Instructions = "You are brief.",
        Kernel = kernel,
        Arguments = new KernelArguments(integration.Settings(FunctionChoiceBehavior.Auto())),
    };

    private static async Task<List<string>> RunConversationAsync(ChatCompletionAgent agent, AgentThread thread, bool isStreamed)
    {
        var answers = new List<string>();
        foreach (var turn in Turns)
        {
            answers.Add(await SendAsync(agent, thread, turn, isStreamed));
        }

        return answers;
    }

    private static async Task<string> SendAsync(ChatCompletionAgent agent, AgentThread thread, string text, bool isStreamed)
    {
        var parts = new List<string?>();
        if (isStreamed)
        {
            await foreach (var item in agent.InvokeStreamingAsync(new ChatMessageContent(AuthorRole.User, text), thread))
            {
                parts.Add(item.Message.Content);
            }
        }
        else
        {
            await foreach (var item in agent.InvokeAsync(new ChatMessageContent(AuthorRole.User, text), thread))
            {
                parts.Add(item.Message.Content);
            }
        }

        return string.Concat(parts);
    }
}

public sealed class PackageAgentTests() : AgentTests(Integration.Package);

public sealed class CoreAgentTests() : AgentTests(Integration.CoreOnly);
