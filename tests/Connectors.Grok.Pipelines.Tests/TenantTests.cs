using Connectors.Grok.Conversations;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Two tenants over one pipeline with function invocation above the conversations.</summary>
public class TenantTests : PipelineTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tenant_per_call_runs_tools_and_separates_conversations(bool isStreamed)
    {
        var calls = 0;
        using var conversations = Grok().AsConversationClient(new InMemoryConversationStore());
        using var pipeline = conversations.AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { ConversationId = Ticket, Tools = [AIFunctionFactory.Create(() => $"result {++calls}", "f")] };
        Emulator.Script.Reply(static r => r.Call("f")).Reply("For Alice.").Reply(static r => r.Call("f")).Reply("For Bob.").Reply("Alice again.");

        Assert.Equal("For Alice.", await SendAsync("I am Alice.", "tenant-a"));
        Assert.Equal("For Bob.", await SendAsync("I am Bob.", "tenant-b"));
        Assert.Equal(2, calls);
        Assert.Equal("Alice again.", await SendAsync("And?", "tenant-a"));

        Assert.Equal(["user", "output", "user", "output", "user"], GetSentItems());
        Assert.Equal([false, true, false, true, true], Emulator.Requests.Select(static r => r.Json!.Value.TryGetProperty("previous_response_id", out _)));
        Assert.All(Emulator.Requests, static r => Assert.DoesNotContain("tenant", r.Body, StringComparison.OrdinalIgnoreCase));
        var manager = pipeline.GetService<ConversationManager>()!;
        Assert.Equal((3, 2, 0), (await CountAsync(manager.ForTenant("tenant-a")), await CountAsync(manager.ForTenant("tenant-b")), await CountAsync(manager)));

        async Task<string> SendAsync(string text, string tenant) => (isStreamed
            ? await pipeline.GetStreamingResponseAsync(text, options.WithTenant(tenant), Now).ToChatResponseAsync(Now)
            : await pipeline.GetResponseAsync(text, options.WithTenant(tenant), Now)).Messages[^1].Text;

        static async Task<int> CountAsync(ConversationManager manager) => (await manager.GetTurnsAsync(Ticket, Now)).Count;
    }
}
