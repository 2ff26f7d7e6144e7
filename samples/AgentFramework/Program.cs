using Connectors.Grok;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;
using Sample;

// A scenario can keep its state in a folder, so that the next process continues it.
Dictionary<string, Func<IChatClient, Folder, string?, Task>> scenarios = new(StringComparer.Ordinal)
{
    ["plain"] = PlainAgent.RunAsync,
    ["conversation"] = ConversationAgent.RunAsync,
    ["tracking"] = HistoryTrackingAgent.RunAsync,
    ["approval"] = Approval.RunAsync,
    ["context"] = ContextProvider.RunAsync,
    ["provider"] = HistoryProvider.RunAsync,
    ["compaction"] = Compaction.RunAsync,
    ["structured"] = StructuredOutput.RunAsync,
    ["sequential"] = Sequential.RunAsync,
    ["concurrent"] = Concurrent.RunAsync,
    ["group"] = GroupChat.RunAsync,
    ["handoff"] = Handoff.RunAsync,
};

var folder = new Folder(args is ["--folder", var path, ..] ? path : Directory.CreateTempSubdirectory("agents-").FullName);
args = args is ["--folder", _, .. var rest] ? rest : args;
if (args.Length > 0 && !scenarios.ContainsKey(args[0]))
{
    Console.Error.WriteLine($"Usage: AgentFramework [--folder FOLDER] [SCENARIO [MESSAGE]]\nThe scenarios are: {string.Join(' ', scenarios.Keys)}");
    return 2;
}

var hasEndpoint = Environment.GetEnvironmentVariable("XAI_API_KEY") is { Length: > 0 } || Environment.GetEnvironmentVariable("XAI_BASE_URL") is { Length: > 0 };
// The emulator encrypts reasoning with a fixed key, so that the emulator of a later run can decrypt it.
await using var emulator = hasEndpoint ? null : await GrokEmulator.StartAsync(new() { SealingKey = new byte[32] });
if (emulator is not null)
{
    Console.Error.WriteLine("No XAI_API_KEY: using a local emulator of the API, not Grok.");
}

using var grok = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator?.BaseAddress, Model = Environment.GetEnvironmentVariable("GROK_MODEL") ?? "grok-4.7" });
try
{
    foreach (var (name, run) in scenarios.Where(s => args.Length == 0 || s.Key == args[0]))
    {
        Console.WriteLine($"\n== {name}");
        await run(grok, folder, args.ElementAtOrDefault(1));
    }

    return 0;
}
catch (GrokException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
