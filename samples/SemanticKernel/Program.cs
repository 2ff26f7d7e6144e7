using System.Text.Json;
using Connectors.Grok;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;
using Sample;

var file = Path.Combine(AppContext.BaseDirectory, "history.json");
if (args is ["--history", var path, ..])
{
    (file, args) = (path, args[2..]);
}

var hasEndpoint = Environment.GetEnvironmentVariable("XAI_API_KEY") is { Length: > 0 } || Environment.GetEnvironmentVariable("XAI_BASE_URL") is { Length: > 0 };
// The emulator encrypts reasoning with a fixed key, so that the emulator of a later run can decrypt it.
await using var emulator = hasEndpoint ? null : await GrokEmulator.StartAsync(new() { SealingKey = new byte[32] });
if (emulator is not null)
{
    Console.Error.WriteLine("No XAI_API_KEY: using a local emulator of the API, not Grok.");
}

using var http = new HttpClient(new WireLine()) { Timeout = Timeout.InfiniteTimeSpan };
var builder = Kernel.CreateBuilder().AddGrokChatCompletion(
    Environment.GetEnvironmentVariable("GROK_MODEL") ?? "grok-4.7", endpoint: emulator?.BaseAddress, httpClient: http);
builder.Plugins.AddFromType<WeatherPlugin>();
var kernel = builder.Build();
var settings = new GrokPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

try
{
    if (args.Length == 0)
    {
        await StreamAsync("What is the weather in Oslo?");
        await SearchAsync("Grok");
        args = ["My name is Alice. Remember this.", "What is the weather in Paris?"];
    }

    foreach (var text in args)
    {
        await ChatAsync(text);
    }

    return 0;
}
catch (Exception e) when (e is KernelException or HttpOperationException or JsonException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

// A streamed prompt with a plugin: the model reasons, calls the function and answers with its result.
async Task StreamAsync(string question)
{
    Console.WriteLine($"\n> {question}");
    var isThinking = false;
    await foreach (var chunk in kernel.InvokePromptStreamingAsync<StreamingChatMessageContent>(question, new(settings)))
    {
        var thought = string.Concat(chunk.Items.OfType<StreamingReasoningContent>().Select(static r => r.Text));
        Console.Write(isThinking && chunk.Content is { Length: > 0 } ? $"\n{chunk.Content}" : $"{thought}{chunk.Content}");
        isThinking = (isThinking && string.IsNullOrEmpty(chunk.Content)) || thought.Length > 0;
    }

    Console.WriteLine();
}

// A prompt file with a server-side web search.
async Task SearchAsync(string topic)
{
    Console.WriteLine($"\n> Search.json, topic {topic}");
    var search = KernelFunctionFactory.CreateFromPrompt(PromptTemplateConfig.FromJson(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Search.json"))));
    var answer = (await kernel.InvokeAsync(search, new() { ["topic"] = topic })).GetValue<ChatMessageContent>()!;
    Console.WriteLine(answer.Content);
    foreach (var citation in answer.Items.OfType<AnnotationContent>())
    {
        Console.WriteLine($"    {citation.Label}: {citation.ReferenceId}");
    }
}

// A chat whose history is stored in a file, so that the next process continues it.
async Task ChatAsync(string text)
{
    Console.WriteLine($"\n> {text}");
    var history = File.Exists(file) ? JsonSerializer.Deserialize<ChatHistory>(await File.ReadAllTextAsync(file))! : new ChatHistory("You are brief.");
    history.AddUserMessage(text);
    var answer = await kernel.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync(history, settings, kernel);
    Console.WriteLine(answer.Content);
    history.Add(answer);
    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(history));
}
