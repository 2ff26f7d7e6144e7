using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

public abstract partial class ScenarioTests
{
    internal const string Pixel8 = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGNgYGDACoaWMADAwABB1a0f+QAAAABJRU5ErkJggg==";

    private const string SearchPrompt = """
        name: Search
        template: Search the web for {{$topic}}.
        template_format: semantic-kernel
        input_variables:
          - name: topic
        execution_settings:
          default:
            temperature: 0.2
            store: false
            tools:
              - type: web_search
                allowed_domains:
                  - example.com
        """;

    private static readonly string[] Turns = ["My name is Alice. Remember this.", "What is the weather in Oslo?", "What's my name?", "What is the weather in Paris?", "What is 101*3?"];

    [Fact]
    public async Task An_answer_takes_the_form_of_a_schema()
    {
        var kernel = way.Kernel(Client());
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"City":{"type":"string"}},"required":["City"],"additionalProperties":false}""").RootElement;
        var result = await kernel.InvokePromptAsync("I live in Oslo. Which city is it?", new(way.Settings(values: ("response_format", schema))));
        Assert.True(JsonDocument.Parse(result.ToString()).RootElement.TryGetProperty("City", out _));
        Assert.Equal("json_schema", Wire.Member(Requests[0], "text")?.GetProperty("format").GetProperty("type").GetString());
        Assert.True(Wire.Member(Requests[0], "text")?.GetProperty("format").GetProperty("schema").GetProperty("properties").TryGetProperty("City", out _));
    }

    [Fact]
    public async Task Images_and_files_are_sent()
    {
        var kernel = way.Kernel(Client());
        var history = new ChatHistory();
        history.AddUserMessage(
        [
            new TextContent("What is in these?"),
            new ImageContent(Convert.FromBase64String(Pixel8), "image/png"),
            new ImageContent(new Uri("https://example.org/picture.png")) { MimeType = "image/png" },
            new BinaryContent("x"u8.ToArray(), "application/pdf"),
        ]);
        await way.Chat(kernel).GetChatMessageContentAsync(history, kernel: kernel);
        var parts = Requests[0].Items[0].GetProperty("content").EnumerateArray().Select(static p => p.GetProperty("type").GetString());
        Assert.Equal(["input_text", "input_image", "input_image", "input_file"], parts);
        Requests[0].ShouldNotBeStored().ShouldContain(Pixel8).ShouldContain("https://example.org/picture.png");
    }

    [Fact]
    public async Task A_prompt_file_searches_the_web()
    {
        var kernel = way.Kernel(Client());
        var result = await kernel.InvokeAsync(KernelFunctionYaml.FromPromptYaml(SearchPrompt), new() { ["topic"] = "Grok" });
        Assert.NotEmpty(result.ToString());
        Requests[0].ShouldSay("Search the web for Grok.").ShouldNotBeStored();
        var tool = Wire.Member(Requests[0], "tools")!.Value[0];
        Assert.Equal("web_search", tool.GetProperty("type").GetString());
        Assert.Equal("example.com", tool.GetProperty("allowed_domains")[0].GetString());
        Assert.Equal(0.2, Wire.Member(Requests[0], "temperature")?.GetDouble());
    }

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
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, false)]
    public async Task A_saved_history_goes_on_in_another_process(bool isStreamed, bool? store)
    {
        var kernel = way.Kernel(Client(store), new My_Weather());
        var history = new ChatHistory("You are brief.");
        var settings = way.Settings(FunctionChoiceBehavior.Auto());
        await SayAsync(way.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed, settings, kernel);
        await SayAsync(way.Chat(kernel), history, "What is the weather in Oslo?", isStreamed, settings, kernel);
        Assert.Contains("Alice", await Continuation.StartAsync(way, Emulator.BaseAddress, store, history, "What's my name?"), StringComparison.Ordinal);
        if (store == false)
        {
            Assert.Equal(Wire.Blobs, Wire.BlobsOf(Requests[^1].ShouldContinueNothing()));
        }
        else if (!isStreamed)
        {
            Requests[^1].ShouldContinue(Wire.Ids[^1]).ShouldSend("user");
        }
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
