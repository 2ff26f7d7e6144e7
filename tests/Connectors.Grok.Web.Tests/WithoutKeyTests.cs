using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>The sample as people start it first: a process without a key, and started again the next day.</summary>
public class WithoutKeyTests
{
    [Fact]
    public async Task It_brings_an_emulator_says_so_and_keeps_conversations_in_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("grok-web-");
        var database = $"Data Source={Path.Combine(folder.FullName, "conversations.db")}";
        try
        {
            var (cookies, conversation) = (new System.Net.CookieContainer(), "");
            await using (var node = await Node.StartAsync(database, null))
            using (var visit = new Visit(node.Address, cookies))
            {
                var about = await visit.GetAsync("/api/about");
                Assert.True(about.GetProperty("isEmulated").GetBoolean() && about.GetProperty("canBreak").GetBoolean());
                (conversation, _) = await visit.AskAsync("My name is Alice.");
            }

            // The next day's emulator knows nothing of it.
            await using (var node = await Node.StartAsync(database, null))
            using (var visit = new Visit(node.Address, cookies))
            {
                Assert.Contains("Alice", (await visit.AskAsync("What's my name?", conversation)).Text, StringComparison.Ordinal);
                Assert.True((await visit.ConversationAsync(conversation)).GetProperty("turns")[1].GetProperty("isRebuilt").GetBoolean());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
