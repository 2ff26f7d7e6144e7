using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>An agent over the client: xAI stores the conversation, and the session holds the id of the last response.</summary>
internal static class PlainAgent
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region plain
        var agent = new ChatClientAgent(grok, instructions: "You are a helpful support agent.");
        var session = await folder.LoadAsync(agent, "plain.json");
        Console.WriteLine(await agent.RunAsync(message ?? "My name is Alice. Remember this.", session));
        Console.WriteLine(await agent.RunAsync("What's my name?", session)); // sends this message and the id of the last response
        await folder.SaveAsync(agent, session, "plain.json");
        #endregion
    }
}
