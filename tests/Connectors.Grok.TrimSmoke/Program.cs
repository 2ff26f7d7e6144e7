using System.Text.Json;
using Connectors.Grok;
using Microsoft.Extensions.AI;

// One chat, one stream, one tool call, one conversation carried by its client: trimmed, with reflection-based JSON off.
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

static void Check(string what, bool isRight)
{
    Console.WriteLine($"{(isRight ? "ok" : "FAILED")} {what}");
    if (!isRight)
    {
        Environment.Exit(1);
    }
}
