using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>Every block of docs/getting-started.md that is marked csharp, in its order, run against an emulator that the environment points to. The first one is that of the README.</summary>
[Collection("environment and console")]
public class GettingStartedCode
{
    [Fact]
    public async Task Code_of_the_page_runs_and_prints_what_it_promises()
    {
        await using var server = await GrokEmulator.StartAsync();
        Environment.SetEnvironmentVariable("XAI_BASE_URL", server.BaseAddress.AbsoluteUri);
        var console = Console.Out;
        var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            await RunAsync();
        }
        finally
        {
            Console.SetOut(console);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", null);
            File.Delete("conversations.db");
            File.Delete("invoice.pdf");
        }

        var text = output.ToString();
        Assert.Equal(3, text.Split("Alice").Length - 1);
        Assert.Contains("303", text, StringComparison.Ordinal);
        Assert.Contains("1234 EUR", text, StringComparison.Ordinal);
        Assert.Contains("tokens, $0.", text, StringComparison.Ordinal);
        Assert.Contains("30 days", text, StringComparison.Ordinal);
        Assert.Contains("ticket-4712 is kept", text, StringComparison.Ordinal);
        Assert.Contains("grok-4.7: ", text, StringComparison.Ordinal);
        Assert.Contains("Quota after 1 request", text, StringComparison.Ordinal);
    }

    private static async Task RunAsync()
    {
        #region use
        IChatClient grok = new GrokChatClient("grok-4.7"); // the key comes from XAI_API_KEY

        var first = await grok.GetResponseAsync("My name is Alice. Remember this.");
        var second = await grok.GetResponseAsync("What's my name?", new ChatOptions { ConversationId = first.ConversationId });
        Console.WriteLine(second.Text);
        #endregion

        await StreamAsync(grok);
        await ImageAsync(grok);
        await PdfAsync(grok);
        await LocalAsync();
        await ConversationsAsync(grok);
        await FileAsync(grok);
        await ErrorAsync(grok);
        await TestAsync();
        await RoutesAsync(grok, first);
        grok.Dispose();
    }

    private static async Task StreamAsync(IChatClient grok)
    {
        #region stream
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in grok.GetStreamingResponseAsync("What is 101*3?"))
        {
            Console.Write(update.Text);
            updates.Add(update);
        }

        var answer = updates.ToChatResponse();
        Console.WriteLine($"\n{answer.Usage!.OutputTokenCount} tokens, ${answer.GetCostInUsd()}");
        #endregion
    }

    private static async Task ImageAsync(IChatClient grok)
    {
        #region image
        var image = new UriContent("https://example.org/picture.png", "image/png").WithImageDetail("low");
        Console.WriteLine(await grok.GetResponseAsync(new ChatMessage(ChatRole.User, [image, new TextContent("What is in this image?")])));
        #endregion
    }

    private static async Task PdfAsync(IChatClient grok)
    {
        await File.WriteAllBytesAsync("invoice.pdf", Some.Pdf("The total of the invoice was 1234 EUR."));

        #region pdf
        var files = grok.GetService<GrokFileClient>()!;
        var invoice = await files.UploadAsync("invoice.pdf");
        Console.WriteLine(await grok.GetResponseAsync(new ChatMessage(ChatRole.User, [invoice, new TextContent("What was the total?")])));
        await files.DeleteAsync(invoice.FileId);
        #endregion
    }

    private static async Task LocalAsync()
    {
        #region local
        using var local = new GrokChatClient(new GrokChatClientOptions { Store = false });

        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        history.AddRange((await local.GetResponseAsync(history)).Messages);
        var saved = JsonSerializer.Serialize<IList<ChatMessage>>(history, AIJsonUtilities.DefaultOptions); // a file, a database, a browser

        history = [.. JsonSerializer.Deserialize<IList<ChatMessage>>(saved, AIJsonUtilities.DefaultOptions)!];
        history.Add(new(ChatRole.User, "What's my name?"));
        Console.WriteLine((await local.GetResponseAsync(history)).Text);
        #endregion
    }

    private static async Task ConversationsAsync(IChatClient grok)
    {
        #region conversations
        var tickets = grok.AsConversationClient(new InMemoryConversationStore());
        var ticket = new ChatOptions { ConversationId = "ticket-4711" };
        await tickets.GetResponseAsync("My name is Alice. Remember this.", ticket);
        Console.WriteLine((await tickets.GetResponseAsync("What's my name?", ticket)).Text);
        #endregion
    }

    private static async Task FileAsync(IChatClient grok)
    {
        #region file
        await using var file = new SqliteConversationStore("conversations.db");
        var kept = grok.AsConversationClient(file);
        await kept.GetResponseAsync("My name is Alice. Remember this.", new ChatOptions { ConversationId = "ticket-4712" });
        await foreach (var conversation in kept.Conversations.ListAsync())
        {
            Console.WriteLine($"{conversation.ConversationId} is kept");
        }
        #endregion
    }

    private static async Task ErrorAsync(IChatClient grok)
    {
        #region error
        try
        {
            await grok.GetResponseAsync("Go on.", new ChatOptions { ConversationId = "5808284d-ae14-9981-9289-73515f67ebda" });
        }
        catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse)
        {
            Console.WriteLine(e.Message);
        }
        #endregion
    }

    private static async Task TestAsync()
    {
        #region test
        await using var emulator = await GrokEmulator.StartAsync();
        using var client = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator.BaseAddress });
        emulator.Faults.Enqueue(Fault.QuotaExceeded());
        try
        {
            await client.GetResponseAsync("Hello.");
        }
        catch (GrokException e)
        {
            Console.WriteLine($"{e.Kind} after {emulator.Requests.Count} request");
        }
        #endregion
    }

    private static async Task RoutesAsync(IChatClient grok, ChatResponse first)
    {
        #region routes
        var responses = grok.GetService<GrokResponsesClient>()!;
        var stored = await responses.GetAsync(first.ResponseId!);
        Console.WriteLine($"{stored.Model}: {stored.Usage!.TotalTokens} tokens");
        await responses.DeleteAsync(stored.Id!);
        #endregion
    }
}

/// <summary>Tests that change the environment or the console run alone.</summary>
[CollectionDefinition("environment and console", DisableParallelization = true)]
public class EnvironmentAndConsole;
