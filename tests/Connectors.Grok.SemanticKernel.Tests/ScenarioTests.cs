using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>The ten things people do with Semantic Kernel, over the emulator, each way in.</summary>
public abstract partial class ScenarioTests(Way way) : KernelTest
{
    [Fact]
    public async Task A_prompt_function_is_answered()
    {
        var kernel = way.Kernel(Client());
        var result = await kernel.InvokePromptAsync("What is {{$a}}*3?", new() { ["a"] = "101" });
        Assert.Contains("303", result.ToString(), StringComparison.Ordinal);
        Assert.Equal(Wire.Ids[0], result.GetValue<ChatResponse>()!.ResponseId);
        Requests[0].ShouldSay("What is 101*3?").ShouldUseModel("grok-4.7");
    }

    [Fact]
    public async Task A_prompt_is_streamed()
    {
        var kernel = way.Kernel(Client());
        var pieces = new List<string>();
        await foreach (var piece in kernel.InvokePromptStreamingAsync<string>("What is 101*3?", new(way.Settings())))
        {
            pieces.Add(piece);
        }

        Assert.Contains("303", string.Concat(pieces), StringComparison.Ordinal);
        Assert.True(pieces.Count(static p => p.Length > 0) > 1);
        Requests[0].ShouldStream();
    }

    [Fact]
    public async Task A_streamed_prompt_yields_the_updates_themselves()
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in way.Kernel(Client()).InvokePromptStreamingAsync<ChatResponseUpdate>("What is 101*3?"))
        {
            updates.Add(update);
        }

        Assert.Contains("303", updates.ToChatResponse().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chat_sends_only_what_is_new(bool isStreamed)
    {
        var kernel = way.Kernel(Client());
        var history = new ChatHistory("You are brief.");
        await SayAsync(way.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed, kernel: kernel);
        Assert.Contains("Alice", await SayAsync(way.Chat(kernel), history, "What's my name?", isStreamed, kernel: kernel), StringComparison.Ordinal);
        Assert.Contains("303", await SayAsync(way.Chat(kernel), history, "What is 101*3?", isStreamed, kernel: kernel), StringComparison.Ordinal);
        EachContinuesTheLast(3);
        Requests[0].ShouldSend("system", "user");
        Requests[1].ShouldSend("user");
        Requests[2].ShouldSend("user");
    }

    [Fact]
    public async Task A_chat_that_nobody_stores_carries_its_reasoning_unchanged()
    {
        var kernel = way.Kernel(Client(store: false));
        var history = new ChatHistory();
        await SayAsync(way.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed: false);
        await SayAsync(way.Chat(kernel), history, "What is 101*3?", isStreamed: false);
        Assert.Contains("Alice", await SayAsync(way.Chat(kernel), history, "What's my name?", isStreamed: false), StringComparison.Ordinal);
        Requests[2].ShouldContinueNothing().ShouldNotBeStored().ShouldSend("user", "reasoning", "assistant", "user", "reasoning", "assistant", "user");
        Assert.Equal(Wire.Blobs.Take(2), Wire.BlobsOf(Requests[2]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_are_called_through_the_filters(bool isStreamed)
    {
        var (weather, filter) = (new My_Weather(), new Filter());
        var kernel = way.Kernel(Client(), weather);
        kernel.AutoFunctionInvocationFilters.Add(filter);
        var history = new ChatHistory();
        var settings = way.Settings(FunctionChoiceBehavior.Auto());
        var answer = await SayAsync(way.Chat(kernel), history, "What is the weather in Oslo?", isStreamed, settings, kernel);
        Assert.Contains("Rain in Oslo", answer, StringComparison.Ordinal);
        Assert.Equal(["Oslo"], weather.Asked);
        Assert.Equal(["My_Weather.get_weather"], filter.Seen);
        Assert.Equal([AuthorRole.User, AuthorRole.Assistant, AuthorRole.Tool, AuthorRole.Assistant], history.Select(static m => m.Role));
        Assert.Equal(["My_Weather_get_weather"], Wire.ToolsOf(Requests[0]));
        Assert.Contains("303", await SayAsync(way.Chat(kernel), history, "What is 101*3?", isStreamed, settings, kernel), StringComparison.Ordinal);
        EachContinuesTheLast(3);
        Requests[1].ShouldSend("function_call_output");
        Requests[2].ShouldSend("user");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_that_terminates_ends_the_turn(bool isStreamed)
    {
        var kernel = way.Kernel(Client(), new My_Weather());
        kernel.AutoFunctionInvocationFilters.Add(new Filter(terminates: true));
        var history = new ChatHistory();
        await SayAsync(way.Chat(kernel), history, "What is the weather in Oslo?", isStreamed, way.Settings(FunctionChoiceBehavior.Auto()), kernel);
        Assert.Single(Requests);
        Assert.Contains(history, static m => m.Items.OfType<Microsoft.SemanticKernel.FunctionResultContent>().Any(static r => r.Result!.ToString() == "Rain in Oslo"));
    }

    [Fact]
    public async Task Without_auto_invocation_the_caller_runs_the_function()
    {
        var kernel = way.Kernel(Client(), new My_Weather());
        var history = new ChatHistory();
        history.AddUserMessage("What is the weather in Oslo?");
        var settings = way.Settings(FunctionChoiceBehavior.Auto(autoInvoke: false));
        var answer = await way.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel);
        history.Add(answer);
        var call = Assert.Single(Microsoft.SemanticKernel.FunctionCallContent.GetFunctionCalls(answer));
        history.Add((await call.InvokeAsync(kernel)).ToChatMessage());
        var last = await way.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel);
        Assert.Contains("Rain in Oslo", last.Content, StringComparison.Ordinal);
        EachContinuesTheLast(2);
        Requests[1].ShouldSend("function_call_output");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_can_be_required(bool isStreamed)
    {
        var weather = new My_Weather();
        var kernel = way.Kernel(Client(), weather);
        await SayAsync(way.Chat(kernel), [], "Good morning in Oslo.", isStreamed, way.Settings(FunctionChoiceBehavior.Required()), kernel);
        Assert.NotEmpty(weather.Asked);
        Assert.Equal("required", Wire.Member(Requests[0], "tool_choice")?.GetString());
        Assert.Null(Wire.Member(Requests[1], "tool_choice"));
    }

    [Fact]
    public async Task Functions_can_be_shown_and_not_called()
    {
        var weather = new My_Weather();
        var kernel = way.Kernel(Client(), weather);
        await SayAsync(way.Chat(kernel), [], "What is the weather in Oslo?", isStreamed: false, way.Settings(FunctionChoiceBehavior.None()), kernel);
        Assert.Empty(weather.Asked);
        Assert.Equal("none", Wire.Member(Requests[0], "tool_choice")?.GetString());
        Assert.Equal(["My_Weather_get_weather"], Wire.ToolsOf(Requests[0]));
    }
}

public sealed class AdapterScenarioTests() : ScenarioTests(Way.Adapter);

public sealed class PlainScenarioTests() : ScenarioTests(Way.Plain);
