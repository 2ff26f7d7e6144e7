using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>Ten common uses of Semantic Kernel over the emulator, with this package and with the core only.</summary>
public abstract partial class ScenarioTests(Integration integration) : KernelTest
{
    [Fact]
    public async Task Prompt_function_returns_the_answer()
    {
        var kernel = integration.Kernel(Client());
        var result = await kernel.InvokePromptAsync("What is {{$a}}*3?", new() { ["a"] = "101" });
        Assert.Contains("303", result.ToString(), StringComparison.Ordinal);
        Assert.Equal(Wire.Ids[0], result.GetValue<ChatResponse>()!.ResponseId);
        Requests[0].ShouldSay("What is 101*3?").ShouldUseModel("grok-4.7");
    }

    [Fact]
    public async Task Streamed_prompt_yields_text_in_pieces()
    {
        var kernel = integration.Kernel(Client());
        var pieces = new List<string>();
        await foreach (var piece in kernel.InvokePromptStreamingAsync<string>("What is 101*3?", new(integration.Settings())))
        {
            pieces.Add(piece);
        }

        Assert.Contains("303", string.Concat(pieces), StringComparison.Ordinal);
        Assert.True(pieces.Count(static p => p.Length > 0) > 1);
        Requests[0].ShouldStream();
    }

    [Fact]
    public async Task Streamed_prompt_yields_chat_response_updates()
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in integration.Kernel(Client()).InvokePromptStreamingAsync<ChatResponseUpdate>("What is 101*3?"))
        {
            updates.Add(update);
        }

        Assert.Contains("303", updates.ToChatResponse().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_sends_only_new_messages(bool isStreamed)
    {
        var kernel = integration.Kernel(Client());
        var history = new ChatHistory("You are brief.");
        await SendAsync(integration.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed, kernel: kernel);
        Assert.Contains("Alice", await SendAsync(integration.Chat(kernel), history, "What's my name?", isStreamed, kernel: kernel), StringComparison.Ordinal);
        Assert.Contains("303", await SendAsync(integration.Chat(kernel), history, "What is 101*3?", isStreamed, kernel: kernel), StringComparison.Ordinal);
        AssertEachRequestContinuesThePrevious(3);
        Requests[0].ShouldSend("system", "user");
        Requests[1].ShouldSend("user");
        Requests[2].ShouldSend("user");
    }

    [Fact]
    public async Task Chat_without_storage_resends_encrypted_reasoning_unchanged()
    {
        var kernel = integration.Kernel(Client(store: false));
        var history = new ChatHistory();
        await SendAsync(integration.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed: false);
        await SendAsync(integration.Chat(kernel), history, "What is 101*3?", isStreamed: false);
        Assert.Contains("Alice", await SendAsync(integration.Chat(kernel), history, "What's my name?", isStreamed: false), StringComparison.Ordinal);
        Requests[2].ShouldContinueNothing().ShouldNotBeStored().ShouldSend("user", "reasoning", "assistant", "user", "reasoning", "assistant", "user");
        Assert.Equal(Wire.Blobs.Take(2), Wire.GetBlobs(Requests[2]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_are_invoked_through_the_filters(bool isStreamed)
    {
        var (weather, filter) = (new My_Weather(), new Filter());
        var kernel = integration.Kernel(Client(), weather);
        kernel.AutoFunctionInvocationFilters.Add(filter);
        var history = new ChatHistory();
        var settings = integration.Settings(FunctionChoiceBehavior.Auto());
        var answer = await SendAsync(integration.Chat(kernel), history, "What is the weather in Oslo?", isStreamed, settings, kernel);
        Assert.Contains("Rain in Oslo", answer, StringComparison.Ordinal);
        Assert.Equal(["Oslo"], weather.Cities);
        Assert.Equal(["My_Weather.get_weather"], filter.Calls);
        Assert.Equal([AuthorRole.User, AuthorRole.Assistant, AuthorRole.Tool, AuthorRole.Assistant], history.Select(static m => m.Role));
        Assert.Equal(["My_Weather_get_weather"], Wire.GetTools(Requests[0]));
        Assert.Contains("303", await SendAsync(integration.Chat(kernel), history, "What is 101*3?", isStreamed, settings, kernel), StringComparison.Ordinal);
        AssertEachRequestContinuesThePrevious(3);
        Requests[1].ShouldSend("function_call_output");
        Requests[2].ShouldSend("user");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Terminating_filter_ends_the_turn_after_the_function(bool isStreamed)
    {
        var kernel = integration.Kernel(Client(), new My_Weather());
        kernel.AutoFunctionInvocationFilters.Add(new Filter(terminates: true));
        var history = new ChatHistory();
        await SendAsync(integration.Chat(kernel), history, "What is the weather in Oslo?", isStreamed, integration.Settings(FunctionChoiceBehavior.Auto()), kernel);
        Assert.Single(Requests);
        Assert.Contains(history, static m => m.Items.OfType<Microsoft.SemanticKernel.FunctionResultContent>().Any(static r => r.Result!.ToString() == "Rain in Oslo"));
    }

    [Fact]
    public async Task Caller_invokes_the_function_when_auto_invocation_is_off()
    {
        var kernel = integration.Kernel(Client(), new My_Weather());
        var history = new ChatHistory();
        history.AddUserMessage("What is the weather in Oslo?");
        var settings = integration.Settings(FunctionChoiceBehavior.Auto(autoInvoke: false));
        var answer = await integration.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel);
        history.Add(answer);
        var call = Assert.Single(Microsoft.SemanticKernel.FunctionCallContent.GetFunctionCalls(answer));
        history.Add((await call.InvokeAsync(kernel)).ToChatMessage());
        var last = await integration.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel);
        Assert.Contains("Rain in Oslo", last.Content, StringComparison.Ordinal);
        AssertEachRequestContinuesThePrevious(2);
        Requests[1].ShouldSend("function_call_output");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Required_functions_are_sent_as_tool_choice_once(bool isStreamed)
    {
        var weather = new My_Weather();
        var kernel = integration.Kernel(Client(), weather);
        await SendAsync(integration.Chat(kernel), [], "Good morning in Oslo.", isStreamed, integration.Settings(FunctionChoiceBehavior.Required()), kernel);
        Assert.NotEmpty(weather.Cities);
        Assert.Equal("required", Wire.Member(Requests[0], "tool_choice")?.GetString());
        Assert.Null(Wire.Member(Requests[1], "tool_choice"));
    }

    [Fact]
    public async Task Functions_are_sent_but_not_called_when_function_choice_is_none()
    {
        var weather = new My_Weather();
        var kernel = integration.Kernel(Client(), weather);
        await SendAsync(integration.Chat(kernel), [], "What is the weather in Oslo?", isStreamed: false, integration.Settings(FunctionChoiceBehavior.None()), kernel);
        Assert.Empty(weather.Cities);
        Assert.Equal("none", Wire.Member(Requests[0], "tool_choice")?.GetString());
        Assert.Equal(["My_Weather_get_weather"], Wire.GetTools(Requests[0]));
    }
}

public sealed class PackageScenarioTests() : ScenarioTests(Integration.Package);

public sealed class CoreScenarioTests() : ScenarioTests(Integration.CoreOnly);
