using System.Text.Json;
using Connectors.Grok;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

// One chat, one stream, one tool call, one conversation carried by its client, one registered client with conversations of its own: trimmed, with reflection-based JSON off.
// XAI_BASE_URL says where the emulator listens. The exit code is the test.
using var grok = new GrokChatClient(new GrokChatClientOptions());

Check("chat", (await grok.GetResponseAsync("What is 101*3")).Text.Contains("303", StringComparison.Ordinal));

var text = "";
await foreach (var update in grok.GetStreamingResponseAsync("What is 6*7?"))
{
    text += update.Text;
}

Check("stream", text.Contains("42", StringComparison.Ordinal));

var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement;
var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("get_weather", "The weather in a city.", schema)] };
var asked = await grok.GetResponseAsync("What is the weather in Oslo?", options);
var call = asked.Messages[0].Contents.OfType<FunctionCallContent>().Single();
options.ConversationId = asked.ConversationId;
var answer = await grok.GetResponseAsync(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "18 degrees")]), options);
Check("tool call", answer.Text.Contains("18", StringComparison.Ordinal));

using var local = new GrokChatClient(new GrokChatClientOptions { Store = false });
List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
history.AddRange((await local.GetResponseAsync(history)).Messages);
var type = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage));
history = [.. history.Select(m => (ChatMessage)JsonSerializer.Deserialize(JsonSerializer.Serialize(m, type), type)!), new(ChatRole.User, "What's my name?")];
Check("conversation", (await local.GetResponseAsync(history)).Text.Contains("Alice", StringComparison.Ordinal));

var settings = new ConfigurationManager { ["Grok:Model"] = "grok-4.7", ["Grok:Timeout"] = "00:05:00", ["Grok:Conversations:KeepFor"] = "1.00:00:00" };
var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(settings);
services.AddGrokChatClient().AddConversations();
services.AddHealthChecks().AddGrok(configure: static o => o.Ping = true);
await using var provider = services.BuildServiceProvider();
var ticket = new ChatOptions { ConversationId = "ticket-4711" };
var registered = provider.GetRequiredService<IChatClient>();
await registered.GetResponseAsync("My name is Alice. Remember this.", ticket);
Check("registered", (await registered.GetResponseAsync("What's my name?", ticket)).Text.Contains("Alice", StringComparison.Ordinal));
Check("healthy", (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status == HealthStatus.Healthy);

static void Check(string what, bool isRight)
{
    Console.WriteLine($"{(isRight ? "ok" : "FAILED")} {what}");
    if (!isRight)
    {
        Environment.Exit(1);
    }
}
