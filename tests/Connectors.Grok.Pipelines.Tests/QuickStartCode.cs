using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>The programs of docs/getting-started.md that need Microsoft.Extensions.AI or Agent Framework.</summary>
public class QuickStartCode
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public void Programs_of_the_page_equal_the_compiled_code()
    {
        var page = CodeBlocks.OfPage(Repository.PathTo("docs/getting-started.md"), "cs").ToList();
        Assert.Equal(5, page.Count); // these, that of samples/Minimal, and that of Semantic Kernel, which the tests of their projects compile
        Assert.All(CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.Pipelines.Tests/QuickStartCode.cs")), region => Assert.Contains(region, page));
    }

    [Fact]
    public async Task Programs_of_the_page_print_their_answers()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        using IChatClient grok = new GrokChatClient("grok-4.7", endpoint: emulator.BaseAddress);
        Assert.Contains("Rain in Oslo", await PrintedAsync(() => FunctionsAsync(grok)), StringComparison.Ordinal);
        Assert.Contains("Order 17: 3 items, Oslo", await PrintedAsync(() => StructuredAsync(grok)), StringComparison.Ordinal);
        Assert.Contains("Alice", await PrintedAsync(() => AgentAsync(grok)), StringComparison.Ordinal);
    }

    private static async Task FunctionsAsync(IChatClient grok)
    {
        #region functions
        AIFunction weather = AIFunctionFactory.Create((string city) => $"Rain in {city}, 8 °C.", "get_weather", "The weather in a city.");
        IChatClient assistant = grok.AsBuilder().UseFunctionInvocation().Build();
        Console.WriteLine(await assistant.GetResponseAsync("What is the weather in Oslo?", new ChatOptions { Tools = [weather] }));
        #endregion
    }

    private static async Task StructuredAsync(IChatClient grok)
    {
        #region structured
        var order = await grok.GetResponseAsync<Order>("Order 17 from Oslo has 3 items and costs 12.50 EUR.");
        Console.WriteLine($"Order {order.Result.Number}: {order.Result.Items} items, {order.Result.City}");
        #endregion
    }

    private static async Task AgentAsync(IChatClient grok)
    {
        #region agent
        var agent = grok.AsConversationClient(new InMemoryConversationStore()).AsAIAgent(instructions: "Answer in one sentence.");
        var session = await agent.CreateSessionAsync("ticket-4713");
        await agent.RunAsync("My name is Alice. Remember this.", session);
        Console.WriteLine(await agent.RunAsync("What's my name?", session));
        #endregion
    }

    private static async Task<string> PrintedAsync(Func<Task> program)
    {
        var (console, output) = (Console.Out, new StringWriter());
        Console.SetOut(output);
        try
        {
            await program();
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString();
    }

    private sealed record Order(int Number, string City, int Items);
}
