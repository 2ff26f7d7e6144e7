using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>The sample without a key, started twice.</summary>
public class WithoutKeyTests
{
    [Fact]
    public async Task Sample_without_a_key_starts_an_emulator_and_stores_conversations_in_a_file()
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
                Assert.True(about.GetProperty("isEmulated").GetBoolean() && about.GetProperty("canInjectFaults").GetBoolean());
                (conversation, _) = await visit.AskAsync("My name is Alice.");
            }

            // The second process has a new emulator without stored responses.
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
