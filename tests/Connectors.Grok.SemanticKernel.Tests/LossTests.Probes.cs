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
    private async Task<string> LoopAsync(Way way)
    {
        var (weather, filter) = (new My_Weather(), new Filter());
        var kernel = way.Kernel(Client(), weather);
        kernel.AutoFunctionInvocationFilters.Add(filter);
        await SayAsync(way.Chat(kernel), [], "What is the weather in Oslo?", isStreamed: false, way.Settings(FunctionChoiceBehavior.Auto()), kernel);
        return Told(weather.Asked.Count == 1 && filter.Seen.Count == 1 && Requests is [_, { PreviousResponseId: not null, Items.Count: 1 }]);
    }

    private async Task<string> IdAsync(Way way)
    {
        var answer = await way.Chat(way.Kernel(Client())).GetChatMessageContentAsync("Hello.");
        var (id, reason) = (KeyOf(Wire.Ids[^1], "Id", "grok.response_id"), KeyOf("stop", "FinishReason", "finish_reason"));
        return id is not null && reason is not null ? $"`{id}`, `{reason}`" : LossTable.No;

        string? KeyOf(string value, params string[] keys) => keys.FirstOrDefault(k => value.Equals(answer.Metadata!.GetValueOrDefault(k) as string, StringComparison.Ordinal));
    }

    private async Task<string> UsageAsync(Way way)
    {
        var chunks = await way.Chat(way.Kernel(Client())).GetStreamingChatMessageContentsAsync("Hello.").ToListAsync();
        return Told(chunks.Any(static c => c.Metadata?.GetValueOrDefault("Usage") is UsageDetails { OutputTokenCount: > 0 }));
    }

    private async Task<string> ReasoningAsync(Way way)
    {
        var chat = way.Chat(way.Kernel(Client()));
        var answer = await chat.GetChatMessageContentAsync("Hello.");
        var chunks = await chat.GetStreamingChatMessageContentsAsync("Hello.").ToListAsync();
        return Told(answer.Items.OfType<ReasoningContent>().Any(), chunks.Any(static c => c.Items.OfType<StreamingReasoningContent>().Any()));
    }

    private async Task<string> CitationsAsync(Way way)
    {
        Emulator.Script.When(static _ => true).Always(static r => r.Text("It rains").Cite("https://a.example/").Text("."));
        var chat = way.Chat(way.Kernel(Client()));
        var answer = await chat.GetChatMessageContentAsync("Rain?");
        var chunks = await chat.GetStreamingChatMessageContentsAsync("Rain?").ToListAsync();
        return Told(
            answer.Items.OfType<AnnotationContent>().Any(static a => a is { ReferenceId: "https://a.example/", EndIndex: > 0 }),
            chunks.Any(static c => c.Items.OfType<StreamingAnnotationContent>().Any(static a => a is { ReferenceId: "https://a.example/", EndIndex: > 0 })));
    }

    private async Task<string> RefusalAsync(Way way)
    {
        Emulator.Script.Reply(static r => r.Refuse("No."));
        var answer = await way.Chat(way.Kernel(Client())).GetChatMessageContentAsync("Steal a car.");
        return Told(answer.Content == "No." || answer.Metadata!.Values.Contains("No."));
    }

    private async Task<string> NamesAsync(Way way)
    {
        var kernel = way.Kernel(Client(), new My_Weather());
        var answer = await way.Chat(kernel).GetChatMessageContentAsync("What is the weather in Oslo?", way.Settings(FunctionChoiceBehavior.Auto(autoInvoke: false)), kernel);
        return Told(answer.Items.OfType<FunctionCall>().Single() is { PluginName: "My_Weather", FunctionName: "get_weather" });
    }

    private async Task<string> ManualStreamAsync(Way way)
    {
        Emulator.Script.Reply(static r => r.Call("My_Weather_get_weather", """{"city":"Oslo"}""").Call("My_Weather_get_weather", """{"city":"Paris"}"""));
        var kernel = way.Kernel(Client(), new My_Weather());
        var history = new ChatHistory("You are brief.");
        var builder = new FunctionCallContentBuilder();
        await foreach (var chunk in way.Chat(kernel).GetStreamingChatMessageContentsAsync(history, way.Settings(FunctionChoiceBehavior.Auto(autoInvoke: false)), kernel))
        {
            builder.Append(chunk);
        }

        return Told(builder.Build() is [{ PluginName: "My_Weather" }, { PluginName: "My_Weather" }] && history.Count == 1);
    }

    private async Task<string> PromptToolAsync(Way way)
    {
        Emulator.Script.Reply(static r => r.Call("Poems_Write", """{"topic":"rain"}""")).Reply("Drip, drop.").Reply("Done.");
        var kernel = way.Kernel(Client());
        kernel.Plugins.AddFromFunctions("Poems", [KernelFunctionFactory.CreateFromPrompt("A poem on {{$topic}}", functionName: "Write")]);
        await SayAsync(way.Chat(kernel), [], "Poem?", isStreamed: false, way.Settings(FunctionChoiceBehavior.Auto()), kernel);
        return Told(Requests[^1].Items[^1].GetProperty("output").ToString() == "Drip, drop.");
    }

    private async Task<string> CarriedAsync(Way way, bool isStreamed)
    {
        var kernel = way.Kernel(Client(store: false), new My_Weather());
        var history = new ChatHistory();
        var settings = way.Settings(FunctionChoiceBehavior.Auto());
        foreach (var question in (string[])["What is the weather in Oslo?", "What is 101*3?"])
        {
            history.AddUserMessage(question);
            if (!isStreamed)
            {
                history.Add(await way.Chat(kernel).GetChatMessageContentAsync(history, settings, kernel));
                continue;
            }

            history.Add(await AnswerAsync(way, way.Chat(kernel).GetStreamingChatMessageContentsAsync(history, settings, kernel)));
        }

        return Told(Wire.BlobsOf(Requests[^1]).SequenceEqual(Wire.Blobs.Take(2), StringComparer.Ordinal));
    }

    private async Task<string> HostedAsync(Way way)
    {
        Emulator.Script.Reply(static r => r.WebSearch("rain oslo", "https://a.example/").Text("It rains."));
        var chat = way.Chat(way.Kernel(Client(store: false)));
        var history = new ChatHistory();
        await SayAsync(chat, history, "Rain in Oslo?", isStreamed: false);
        await SayAsync(chat, history, "Sure?", isStreamed: false);
        return Told(Requests[^1].Body.Contains("web_search_call", StringComparison.Ordinal));
    }

    private async Task<string> SavedStreamAsync(Way way)
    {
        var kernel = way.Kernel(Client());
        var history = new ChatHistory();
        history.AddUserMessage("My name is Alice. Remember this.");
        history.Add(await AnswerAsync(way, way.Chat(kernel).GetStreamingChatMessageContentsAsync(history, kernel: kernel)));
        await Continuation.StartAsync(way, Emulator.BaseAddress, null, history, "What's my name?");
        return Told(Requests[^1].PreviousResponseId == Wire.Ids[^1]);
    }

    /// <summary>The message that each way has to add to the history.</summary>
    private static async Task<ChatMessageContent> AnswerAsync(Way way, IAsyncEnumerable<StreamingChatMessageContent> stream)
    {
        var chunks = await stream.ToListAsync();
        return way == Way.Adapter ? chunks.ToChatMessageContent() : new ChatMessageContent(AuthorRole.Assistant, string.Concat(chunks.Select(static c => c.Content)));
    }

    private static string Told(params bool[] kept) => LossTable.Told(kept);
}
