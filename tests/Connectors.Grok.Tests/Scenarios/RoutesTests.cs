using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>The routes beside those of chat, against the emulator.</summary>
public class RoutesTests : EmulatorTest
{
    private static MessageItem Question(string text) => new() { Role = "user", Content = [new InputTextPart(text)] };

    [Fact]
    public async Task Input_items_of_a_stored_response_are_listed_and_the_response_is_deleted()
    {
        using var client = Client();
        var first = await Responses.CreateAsync(new() { Model = "grok-4.7", Input = [Question("My name is Alice."), Question("What is 101*3?")] });
        var items = await Responses.ListInputItemsAsync(first.Id!).ToListAsync();
        Assert.Equal(["My name is Alice.", "What is 101*3?"], items.OfType<MessageItem>().Where(static m => m.Role == "user").Select(static m => ((InputTextPart)m.Content![0]).Text));
        Assert.All(items, static i => Assert.NotNull(i.Id));
        Assert.True((await Responses.DeleteAsync(first.Id!)).Deleted);
        Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => Responses.ListInputItemsAsync(first.Id!).ToListAsync())).Kind);
    }

    [Fact]
    public async Task Compacted_conversation_is_continued()
    {
        using var client = Client();
        var question = Question("My name is Alice. Remember this.");
        var first = await Responses.CreateAsync(new() { Model = "grok-4.7", Store = false, Include = ["reasoning.encrypted_content"], Input = [question] });
        var compaction = await Responses.CompactAsync(new() { Model = "grok-4.7", Input = [question, .. first.Output!] });
        Assert.True(compaction.Usage!.InputTokens > 0);
        var next = await Responses.CreateAsync(new() { Model = "grok-4.7", Store = false, Input = [.. compaction.Output!, Question("What is my name?")] });
        Assert.Contains("Alice", string.Concat(next.Output!.OfType<MessageItem>().SelectMany(static m => m.Content!).OfType<OutputTextPart>().Select(static p => p.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_listed_and_give_their_facts()
    {
        using var client = Client();
        Assert.Contains(await Responses.ListModelsAsync(), static m => m.Id == "grok-4.7" && m.ContextLength > 0);
        Assert.Contains(await Responses.ListLanguageModelsAsync(), static m => m.Id == "grok-4.7" && m.PromptTextTokenPrice > 0);
        Assert.Equal("grok-4.7", (await Responses.GetLanguageModelAsync("grok-4.7")).Id);
        Assert.True(Responses.GetModelProfile("grok-4.7").IsFromService);
    }

    [Fact]
    public async Task File_lives_until_it_is_deleted_and_its_limits_are_those_of_the_service()
    {
        using var client = Client();
        var files = client.GetService<GrokFileClient>()!;
        var uploaded = await files.UploadAsync(new MemoryStream("The code is 4712."u8.ToArray()), "text/plain", "naïve \"code\".txt", new() { ExpiresAfter = TimeSpan.FromHours(1), Purpose = "assistants" });
        var found = (await files.GetAsync(uploaded.FileId))!;
        Assert.Equal((uploaded.FileId, 17L), (found.FileId, found.SizeInBytes));
        Assert.StartsWith("naïve ", found.Name, StringComparison.Ordinal);
        Assert.Equal(uploaded.FileId, Assert.Single(await files.ListAsync(new() { PageSize = 1 }).ToListAsync()).FileId);
        using (var reader = new StreamReader(await files.DownloadAsync(uploaded.FileId)))
        {
            Assert.Equal("The code is 4712.", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        Assert.Contains("4712", (await client.GetResponseAsync(Some.User(uploaded, new TextContent("What is the code?")))).Text, StringComparison.Ordinal);
        Assert.True(await files.DeleteAsync(uploaded.FileId));
        Assert.False(await files.DeleteAsync(uploaded.FileId));
        Assert.Null(await files.GetAsync(uploaded.FileId));
    }

    [Fact]
    public async Task Stream_without_a_length_is_uploaded_in_chunks()
    {
        using var client = Client();
        var files = client.GetService<GrokFileClient>()!;
        using var source = new DripStream(new byte[300_000], 1000);
        Assert.Equal(300_000, (await files.UploadAsync(source, null, "a.bin")).SizeInBytes);
    }
}
