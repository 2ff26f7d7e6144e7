using System.Text.Json;
using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>A function that a person approves, in this process or in a later one.</summary>
internal static class Approval
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region approval
        AITool refund = new ApprovalRequiredAIFunction(AIFunctionFactory.Create((string order) => $"Refunded {order}", "refund", "Refunds an order."));
        var agent = new ChatClientAgent(grok.AsHistoryTrackingClient(), tools: [refund]);
        var session = await folder.LoadAsync(agent, "approval.json");
        var file = folder.FileOf("request.json");
        if (!File.Exists(file))
        {
            var answer = await agent.RunAsync(message ?? "Please make a refund for order 4711.", session);
            var request = answer.Messages.SelectMany(m => m.Contents).OfType<ToolApprovalRequestContent>().Single();
            Console.WriteLine($"Approve {((FunctionCallContent)request.ToolCall).Name}?");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize<AIContent>(request, AIJsonUtilities.DefaultOptions));
        }
        else // the person has decided; this can be another process
        {
            var request = (ToolApprovalRequestContent)JsonSerializer.Deserialize<AIContent>(await File.ReadAllTextAsync(file), AIJsonUtilities.DefaultOptions)!;
            Console.WriteLine(await agent.RunAsync(new ChatMessage(ChatRole.User, [request.CreateResponse(approved: true)]), session));
            File.Delete(file);
        }

        await folder.SaveAsync(agent, session, "approval.json");
        #endregion
    }
}
