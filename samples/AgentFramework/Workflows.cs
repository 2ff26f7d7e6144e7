using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;

namespace Sample;

/// <summary>Runs a workflow as an agent with a session.</summary>
internal static class Workflows
{
    #region ask
    /// <summary>Runs a workflow as an agent, and prints the answer of each of its agents.</summary>
    public static async Task AskAsync(Workflow workflow, params string[] questions)
    {
        var agent = workflow.AsAIAgent(includeExceptionDetails: true);
        var session = await agent.CreateSessionAsync();
        foreach (var question in questions)
        {
            foreach (var answer in (await agent.RunAsync(question, session)).Messages.Where(m => m.Text.Length > 0))
            {
                Console.WriteLine($"{answer.AuthorName}: {answer.Text}");
            }
        }
    }
    #endregion
}
