using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;
using FunctionCall = Microsoft.SemanticKernel.FunctionCallContent;

namespace Connectors.Grok.SemanticKernel.Tests;

public sealed partial class LossTests
{
    private async Task<string> LoopAsync(Integration integration)
    {
        var (weather, filter) = (new My_Weather(), new Filter());
        var kernel = integration.Kernel(Client(), weather);
        kernel.AutoFunctionInvocationFilters.Add(filter);
        await SendAsync(integration.Chat(kernel), [], "What is the weather in Oslo?", isStreamed: false, integration.Settings(FunctionChoiceBehavior.Auto()), kernel);
        return ToCell(weather.Cities.Count == 1 && filter.Calls.Count == 1 && Requests is [_, { PreviousResponseId: not null, Items.Count: 1 }]);
    }

    private async Task<string> IdAsync(Integration integration)
    {
        var answer = await integration.Chat(integration.Kernel(Client())).GetChatMessageContentAsync("Hello.");
        var (id, reason) = (KeyOf(Wire.Ids[^1], "Id", "grok.response_id"), KeyOf("stop", "FinishReason", "finish_reason"));
        return id is not null && reason is not null ? $"`{id}`, `{reason}`" : LossTable.No;

        string? KeyOf(string value, params string[] keys) => keys.FirstOrDefault(k => value.Equals(answer.Metadata!.GetValueOrDefault(k) as string, StringComparison.Ordinal));
    }

    private async Task<string> UsageAsync(Integration integration)
    {
        var chunks = await integration.Chat(integration.Kernel(Client())).GetStreamingChatMessageContentsAsync("Hello.").ToListAsync();
        return ToCell(chunks.Any(static c => c.Metadata?.GetValueOrDefault("Usage") is UsageDetails { OutputTokenCount: > 0 }));
    }

    private async Task<string> ReasoningAsync(Integration integration)
    {
        var chat = integration.Chat(integration.Kernel(Client()));
        var answer = await chat.GetChatMessageContentAsync("Hello.");
        var chunks = await chat.GetStreamingChatMessageContentsAsync("Hello.").ToListAsync();
        return ToCell(answer.Items.OfType<ReasoningContent>().Any(), chunks.Any(static c => c.Items.OfType<StreamingReasoningContent>().Any()));
    }

    private async Task<string> CitationsAsync(Integration integration)
    {
        Emulator.Script.When(static _ => true).Always(static r => r.Text("It rains").Cite("https://a.example/").Text("."));
        var chat = integration.Chat(integration.Kernel(Client()));
        var answer = await chat.GetChatMessageContentAsync("Rain?");
        var chunks = await chat.GetStreamingChatMessageContentsAsync("Rain?").ToListAsync();
        return ToCell(
            answer.Items.OfType<AnnotationContent>().Any(static a => a is { ReferenceId: "https://a.example/", EndIndex: > 0 }),
            chunks.Any(static c => c.Items.OfType<StreamingAnnotationContent>().Any(static a => a is { ReferenceId: "https://a.example/", EndIndex: > 0 })));
    }

    private async Task<string> RefusalAsync(Integration integration)
    {
        Emulator.Script.Reply(static r => r.Refuse("No."));
        var answer = await integration.Chat(integration.Kernel(Client())).GetChatMessageContentAsync("Steal a car.");
        return ToCell(answer.Content == "No." || answer.Metadata!.Values.Contains("No."));
    }

    private async Task<string> NamesAsync(Integration integration)
    {
        var kernel = integration.Kernel(Client(), new My_Weather());
        var answer = await integration.Chat(kernel).GetChatMessageContentAsync("What is the weather in Oslo?", integration.Settings(FunctionChoiceBehavior.Auto(autoInvoke: false)), kernel);
        return ToCell(answer.Items.OfType<FunctionCall>().Single() is { PluginName: "My_Weather", FunctionName: "get_weather" });
    }

    private async Task<string> ManualStreamAsync(Integration integration)
    {
        Emulator.Script.Reply(static r => r.Call("My_Weather_get_weather", """{"city":"Oslo"}""").Call("My_Weather_get_weather", """{"city":"Paris"}"""));
        var kernel = integration.Kernel(Client(), new My_Weather());
        var history = new ChatHistory("You are brief.");
        var builder = new FunctionCallContentBuilder();
        await foreach (var chunk in integration.Chat(kernel).GetStreamingChatMessageContentsAsync(history, integration.Settings(FunctionChoiceBehavior.Auto(autoInvoke: false)), kernel))
        {
            builder.Append(chunk);
        }

        return ToCell(builder.Build() is [{ PluginName: "My_Weather" }, { PluginName: "My_Weather" }] && history.Count == 1);
    }

    private async Task<string> PromptToolAsync(Integration integration)
    {
        Emulator.Script.Reply(static r => r.Call("Poems_Write", """{"topic":"rain"}""")).Reply("Drip, drop.").Reply("Done.");
        var kernel = integration.Kernel(Client());
        kernel.Plugins.AddFromFunctions("Poems", [KernelFunctionFactory.CreateFromPrompt("A poem on {{$topic}}", functionName: "Write")]);
        await SendAsync(integration.Chat(kernel), [], "Poem?", isStreamed: false, integration.Settings(FunctionChoiceBehavior.Auto()), kernel);
        return ToCell(Requests[^1].Items[^1].GetProperty("output").ToString() == "Drip, drop.");
    }

    private async Task<string> CarriedAsync(Integration integration, bool isStreamed)
    {
        var kernel = integration.Kernel(Client(store: false), new My_Weather());
        var history = new ChatHistory();
        var settings = integration.Settings(FunctionChoiceBehavior.Auto());
        foreach (var question in (string[])["What is the weather in Oslo?", "What is 101*3?"])
        {
            history.AddUserMessage(question);
            if (!isStreamed)
            {
                history.Add(await integration.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel));
                continue;
            }

            history.Add(await AnswerAsync(integration, integration.Chat(kernel).GetStreamingChatMessageContentsAsync(history, settings, kernel)));
        }

        return ToCell(Wire.GetBlobs(Requests[^1]).SequenceEqual(Wire.Blobs.Take(2), StringComparer.Ordinal));
    }

    private async Task<string> HostedAsync(Integration integration)
    {
        Emulator.Script.Reply(static r => r.WebSearch("rain oslo", "https://a.example/").Text("It rains."));
        var chat = integration.Chat(integration.Kernel(Client(store: false)));
        var history = new ChatHistory();
        await SendAsync(chat, history, "Rain in Oslo?", isStreamed: false);
        await SendAsync(chat, history, "Sure?", isStreamed: false);
        return ToCell(Requests[^1].Body.Contains("web_search_call", StringComparison.Ordinal));
    }

    private async Task<string> SavedStreamAsync(Integration integration)
    {
        var kernel = integration.Kernel(Client());
        var history = new ChatHistory();
        history.AddUserMessage("My name is Alice. Remember this.");
        history.Add(await AnswerAsync(integration, integration.Chat(kernel).GetStreamingChatMessageContentsAsync(history, kernel: kernel)));
        await Continuation.StartAsync(integration, Emulator.BaseAddress, null, history, "What's my name?");
        return ToCell(Requests[^1].PreviousResponseId == Wire.Ids[^1]);
    }

    /// <summary>Creates the message that each integration adds to the history after a stream.</summary>
    private static async Task<ChatMessageContent> AnswerAsync(Integration integration, IAsyncEnumerable<StreamingChatMessageContent> stream)
    {
        var chunks = await stream.ToListAsync();
        return integration == Integration.Package ? chunks.ToChatMessageContent() : new ChatMessageContent(AuthorRole.Assistant, string.Concat(chunks.Select(static c => c.Content)));
    }

    private static string ToCell(params bool[] isPreserved) => LossTable.ToCell(isPreserved);
}
