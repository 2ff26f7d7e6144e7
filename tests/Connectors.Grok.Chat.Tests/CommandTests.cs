using Chat;
using Connectors.Grok.Chat.Tests.Support;
using Connectors.Grok.Sqlite;

namespace Connectors.Grok.Chat.Tests;

public sealed class CommandTests
{
    private static readonly string[] Conversation = ["My name is Alice. Remember this.", "What's my name?", "/fork 1", "What is 6 times 7?"];

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public async Task History_of_a_narrow_terminal_keeps_numbers_branches_and_costs(int width)
    {
        await using var chat = await ChatHost.StartAsync(width);
        var history = await chat.RunAsync(null, [.. Conversation, "/history"]);
        var lines = history.Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.Contains(lines, static l => l.StartsWith("│ 1 first · $0.0", StringComparison.Ordinal));
        Assert.Contains(lines, static l => l.StartsWith("  2 after 1 · $0.0", StringComparison.Ordinal));
        Assert.Contains(lines, static l => l.StartsWith("▶ 3 after 1 · $0.0", StringComparison.Ordinal));
        Assert.Contains("    → Your name is Alice.", lines);
        Assert.Equal(3, lines.Count(static l => l.Contains("stored until", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Delete_asks_first_and_deletes_nothing_without_a_yes()
    {
        await using var chat = await ChatHost.StartAsync(80);
        var prompt = new FixedPrompt(false);
        Assert.Contains("Nothing was deleted.", await chat.RunAsync(prompt, [.. Conversation, "/delete"]), StringComparison.Ordinal);
        Assert.Contains("3 turns", Assert.Single(prompt.Questions), StringComparison.Ordinal);
        Assert.Contains("3 turns", await chat.RunAsync(null, "/history"), StringComparison.Ordinal);
        Assert.Contains("Deleted 3 stored responses", await chat.RunAsync(new FixedPrompt(true), "/delete"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_does_not_ask_when_nobody_can_answer_or_the_answer_is_given()
    {
        await using var chat = await ChatHost.StartAsync(80);
        Assert.Contains("Deleted 1 stored response.", await chat.RunAsync(null, "Hello", "/delete"), StringComparison.Ordinal);
        var prompt = new FixedPrompt(false);
        Assert.Contains("Deleted 1 stored response.", await chat.RunAsync(prompt, "Hello", "/delete yes"), StringComparison.Ordinal);
        Assert.Empty(prompt.Questions);
    }

    [Fact]
    public async Task Delete_with_a_name_deletes_nothing()
    {
        await using var chat = await ChatHost.StartAsync(80);
        await chat.RunAsync(null, "Hello", "/delete other");
        Assert.Contains("takes no name", chat.Errors, StringComparison.Ordinal);
        Assert.Contains("1 turn", await chat.RunAsync(null, "/history"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_finds_text_in_all_branches_without_regard_to_case()
    {
        await using var chat = await ChatHost.StartAsync(80);
        var found = await chat.RunAsync(null, [.. Conversation, "/search ALICE"]);
        Assert.Contains("│ 1 you: My name is Alice. Remember this.\n", found, StringComparison.Ordinal);
        Assert.Contains("  2 Grok: Your name is Alice.\n", found, StringComparison.Ordinal);
        Assert.Contains("“ALICE”: 3 messages.", found, StringComparison.Ordinal);
        Assert.Contains("No message contains “Bob”.", await chat.RunAsync(null, "/search Bob"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_before_the_first_turn_covers_all_stored_conversations()
    {
        using var folder = new TemporaryFolder();
        await using var store = new SqliteConversationStore(folder.File("c.db"));
        await using var chat = await ChatHost.StartAsync(40, store, "--database", "c.db");
        var found = await chat.RunAsync(null, "/switch one", "My name is Alice.", "/switch two", "My name is Alice, too.", "/switch three", "/search Alice");
        Assert.Contains("one:\n", found, StringComparison.Ordinal);
        Assert.Contains("two:\n", found, StringComparison.Ordinal);
        Assert.Contains("“Alice”: 4 messages.", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_to_Markdown_contains_the_turns_up_to_the_head()
    {
        using var folder = new TemporaryFolder();
        await using var chat = await ChatHost.StartAsync(80);
        var file = folder.File("ticket.md");
        await chat.RunAsync(null, [.. Conversation, $"/export {file}"]);
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("## 1. You\n\nMy name is Alice. Remember this.\n\n## 1. Grok\n\nNice to meet you, Alice.", text, StringComparison.Ordinal);
        Assert.Contains("## 3. You\n\nWhat is 6 times 7?", text, StringComparison.Ordinal);
        Assert.DoesNotContain("What's my name?", text, StringComparison.Ordinal);
        Assert.Contains("contains the 2 turns", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_to_JSON_can_be_imported_with_all_branches()
    {
        using var folder = new TemporaryFolder();
        await using var chat = await ChatHost.StartAsync(80);
        var file = folder.File("ticket.json");
        var read = await chat.RunAsync(null, [.. Conversation, $"/export {file}", "/switch copy", $"/import {file}"]);
        Assert.Contains("Read 3 turns from", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversations_fit_a_narrow_terminal()
    {
        await using var chat = await ChatHost.StartAsync(40);
        var list = await chat.RunAsync(null, "/switch a-conversation-with-a-name-that-is-longer-than-the-terminal", "Hello", "/conversations");
        Assert.All(list.Split('\n'), static line => Assert.InRange(line.Length, 0, 40));
        Assert.Contains("▶ a-conversation-with", list, StringComparison.Ordinal);
        Assert.Contains("1 turn · $0.0", list, StringComparison.Ordinal);
    }
}
