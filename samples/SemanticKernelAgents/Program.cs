using System.Text.Json;
using Connectors.Grok;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;
using Sample;

var file = Path.Combine(AppContext.BaseDirectory, "thread.json");
if (args is ["--thread", var path, ..])
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
        await SearchAsync("Grok");
        args = ["My name is Alice. Remember this.", "What is the weather in Paris?"];
    }

    foreach (var text in args)
    {
        await SendToAgentAsync(text);
    }

    return 0;
}
catch (Exception e) when (e is KernelException or HttpOperationException or JsonException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

// A YAML prompt file with a server-side web search.
async Task SearchAsync(string topic)
{
    Console.WriteLine($"\n> Search.yaml, topic {topic}");
    var search = KernelFunctionYaml.FromPromptYaml(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Search.yaml")));
    var answer = (await kernel.InvokeAsync(search, new() { ["topic"] = topic })).GetValue<ChatMessageContent>()!;
    Console.WriteLine(answer.Content);
    foreach (var citation in answer.Items.OfType<AnnotationContent>())
    {
        Console.WriteLine($"    {citation.Label}: {citation.ReferenceId}");
    }
}

// An agent whose thread is stored in a file, so that the next process continues it.
async Task SendToAgentAsync(string text)
{
    Console.WriteLine($"\n> to the agent: {text}");
    var history = File.Exists(file) ? JsonSerializer.Deserialize<ChatHistory>(await File.ReadAllTextAsync(file))! : [];
    var thread = new ChatHistoryAgentThread(history);
    var agent = new ChatCompletionAgent { Name = "Helper", Instructions = "You are brief.", Kernel = kernel, Arguments = new(settings) };
    await foreach (var answer in agent.InvokeAsync(new ChatMessageContent(AuthorRole.User, text), thread))
    {
        Console.WriteLine(answer.Message.Content);
    }

    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(history));
}
