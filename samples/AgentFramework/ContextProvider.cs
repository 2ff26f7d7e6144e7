using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>Instructions that change with each run.</summary>
internal static class ContextProvider
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region context
        var agent = new ChatClientAgent(grok, new ChatClientAgentOptions
        {
            ChatOptions = new() { Instructions = "You are a helpful support agent." },
            AIContextProviders = [new OpenOrders()],
        });
        var session = await agent.CreateSessionAsync();
        Console.WriteLine(await agent.RunAsync(message ?? "Hello.", session));
        Console.WriteLine(await agent.RunAsync("What is 101*3?", session)); // with the new instructions, and without the earlier messages
        #endregion
    }

    #region provider
    private sealed class OpenOrders : AIContextProvider
    {
        private int _orders;

        protected override ValueTask<AIContext> ProvideAIContextAsync(InvokingContext context, CancellationToken cancellationToken = default) =>
            new(new AIContext { Instructions = $"The customer has {++_orders} open orders." });
    }
    #endregion
}
