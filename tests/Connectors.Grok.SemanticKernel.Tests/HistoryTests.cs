using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>The content that answers add to a history, and the items that are sent back.</summary>
public sealed class HistoryTests : KernelTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task History_is_sent_back_item_by_item_also_after_json_serialization(bool isStreamed)
    {
        Emulator.Script
            .Reply(static r => r.Reasoning("I search.").WebSearch("rain oslo", "https://a.example/").Reasoning("I call.").Text("One moment.").Call("My_Weather_get_weather", """{"city":"Oslo"}"""))
            .Reply(static r => r.Reasoning("I draw.").Image(Convert.FromBase64String(ScenarioTests.Pixel8), "a cloud").Text("It rains").Cite("https://a.example/").Text("."))
            .Reply(static r => r.Reasoning("I refuse.").Refuse("No."));
        var kernel = Integration.Package.Kernel(Client(store: false), new My_Weather());
        var history = new ChatHistory("You are brief.");
        var settings = new GrokPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        await AskAsync(kernel, history, "Weather?", isStreamed, settings);
        await AskAsync(kernel, history, "Steal a cloud.", isStreamed, settings);
        Emulator.Script.Clear();
        var saved = JsonSerializer.Deserialize<ChatHistory>(JsonSerializer.Serialize(history))!;
        await AskAsync(kernel, history, "Thanks.", isStreamed, settings);
        await AskAsync(kernel, saved, "Thanks.", isStreamed, settings);
        Assert.Equal(Requests[^2].Body, Requests[^1].Body);
        Assert.Equal(Wire.Blobs.Take(4), Wire.GetBlobs(Requests[^1]));
        string[] items = isStreamed
            ? ["system", "user", "reasoning", "web_search_call", "reasoning", "function_call", "function_call_output", "assistant", "reasoning", "image_generation_call", "assistant", "user", "reasoning", "assistant", "user"]
            : ["system", "user", "reasoning", "web_search_call", "reasoning", "assistant", "function_call", "function_call_output", "reasoning", "image_generation_call", "assistant", "user", "reasoning", "assistant", "user"];
        Requests[^1].ShouldSend(items).ShouldContain("One moment.").ShouldContain("It rains").ShouldContain("\"refusal\":\"No.\"");
    }

    [Fact]
    public async Task Reasoning_summary_is_sent_back_in_its_original_parts()
    {
        var chat = Integration.Package.Chat(Integration.Package.Kernel(Client(store: false)));
        var settings = new GrokPromptExecutionSettings { ReasoningEffort = "xhigh" };
        var history = new ChatHistory();
        await SendAsync(chat, history, "What is 101*3?", isStreamed: false, settings);
        var saved = JsonSerializer.Deserialize<ChatHistory>(JsonSerializer.Serialize(history))!;
        await SendAsync(chat, saved, "Sure?", isStreamed: false, settings);
        Assert.Equal(2, Requests[1].Items.Single(static i => i.GetProperty("type").GetString() == "reasoning").GetProperty("summary").GetArrayLength());
    }

    [Fact]
    public async Task Text_before_a_streamed_call_is_added_to_the_history_once()
    {
        Emulator.Script.Reply(static r => r.Text("One moment. ").Call("My_Weather_get_weather", """{"city":"Oslo"}""")).Reply("It rains.");
        var kernel = Integration.Package.Kernel(Client(), new My_Weather());
        var history = new ChatHistory();
        var settings = new GrokPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        Assert.Equal("One moment. It rains.", await SendAsync(Integration.Package.Chat(kernel), history, "Weather?", isStreamed: true, settings, kernel));
        Assert.Equal("One moment. It rains.", string.Concat(history.Where(static m => m.Role == AuthorRole.Assistant).Select(static m => m.Content)));
        await SendAsync(Integration.Package.Chat(kernel), history, "Thanks.", isStreamed: true, settings, kernel);
        Assert.Equal(Requests[2].Body.IndexOf("One moment.", StringComparison.Ordinal), Requests[2].Body.LastIndexOf("One moment.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task History_of_another_connector_is_sent_with_its_function_calls()
    {
        var history = new ChatHistory();
        history.AddUserMessage("What is the weather in Oslo?");
        var call = new FunctionCallContent("get_weather", "My_Weather", "call-1", new() { ["city"] = "Oslo" });
        history.Add(new ChatMessageContent(AuthorRole.Assistant, [call]));
        history.Add(new FunctionResultContent(call, "Rain in Oslo").ToChatMessage());
        await Integration.Package.Chat(Integration.Package.Kernel(Client())).GetChatMessageContentAsync(history);
        Requests[0].ShouldSend("user", "function_call", "function_call_output");
        Assert.Equal("My_Weather_get_weather", Requests[0].Items[1].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_can_invoke_a_streamed_function_call_and_send_its_result(bool isStored)
    {
        var kernel = Integration.Package.Kernel(Client(isStored), new My_Weather());
        var history = new ChatHistory();
        var settings = new GrokPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: false) };
        var asked = await AskAsync(kernel, history, "What is the weather in Oslo?", isStreamed: true, settings);
        var call = Assert.Single(FunctionCallContent.GetFunctionCalls(asked));
        Assert.Equal(("My_Weather", "get_weather"), (call.PluginName, call.FunctionName));
        history.Add((await call.InvokeAsync(kernel)).ToChatMessage());
        var answer = await Integration.Package.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel);
        Assert.Contains("Rain in Oslo", answer.Content, StringComparison.Ordinal);
        Assert.Equal(isStored ? Wire.Ids[0] : null, Requests[1].PreviousResponseId);
        Assert.Equal(isStored ? [] : Wire.Blobs.Take(1), Wire.GetBlobs(Requests[1]));
    }

    private static async Task<ChatMessageContent> AskAsync(Kernel kernel, ChatHistory history, string text, bool isStreamed, PromptExecutionSettings settings)
    {
        history.AddUserMessage(text);
        var chat = Integration.Package.Chat(kernel);
        var answer = isStreamed
            ? (await chat.GetStreamingChatMessageContentsAsync(history, settings, kernel).ToListAsync()).ToChatMessageContent()
            : await chat.GetChatMessageContentAsync(history, settings, kernel);
        history.Add(answer);
        return answer;
    }
}
