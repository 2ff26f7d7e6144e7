using System.Buffers.Binary;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>Messages, streams, usage, images and files.</content>
public abstract partial class BehaviourTests
{
    /// <summary>The start of a PNG file of 16 x 16 pixels.</summary>
    private static readonly byte[] Png = CreatePng();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Single_message_is_answered(bool isStreamed)
    {
        Answer("biggest animal", "The blue whale.");
        var client = Create();
        var response = await AskAsync(client, isStreamed, "What's the biggest animal?");
        Assert.Equal(("The blue whale.", ChatFinishReason.Stop), (response.Text, response.FinishReason));
        Emulator.Requests.Single().ShouldSend("user").ShouldSay("What's the biggest animal?");
        await AssertContinuesAsync(client, isStreamed, [new(ChatRole.User, "What's the biggest animal?")], response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Several_messages_are_sent_in_their_order(bool isStreamed)
    {
        Answer("What continent", "North America and Asia.");
        var client = Create();
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Pick a city."), new(ChatRole.Assistant, "Seattle"), new(ChatRole.User, "Another one."), new(ChatRole.Assistant, "Jakarta"),
            new(ChatRole.User, "What continent are they each in?"),
        ];
        var response = await AskAsync(client, isStreamed, messages);
        Assert.Equal("North America and Asia.", response.Text);
        var request = Emulator.Requests.Single().ShouldSend("user", "assistant", "user", "assistant", "user").ShouldContinueNothing();
        Assert.All(messages, m => request.ShouldContain(m.Text));
        await AssertContinuesAsync(client, isStreamed, messages, response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_without_content_are_not_sent(bool isStreamed)
    {
        Answer("What is 1 + 2?", "3");
        var client = Create();
        ChatMessage[] messages = [new(ChatRole.System, []), new(ChatRole.User, []), new(ChatRole.Assistant, []), new(ChatRole.User, "What is 1 + 2?")];
        var response = await AskAsync(client, isStreamed, messages);
        Assert.Equal("3", response.Text);
        Emulator.Requests.Single().ShouldSend("user");
        await AssertContinuesAsync(client, isStreamed, messages, response);
    }

    [Fact]
    public async Task Stream_delivers_the_text_in_several_updates()
    {
        Answer("Armstrong", static r => r.Deltas("That's one small step", " for man, ", "one giant leap for mankind."));
        var updates = await Create().GetStreamingResponseAsync("What did Armstrong say?", cancellationToken: Now).ToListAsync(Now);
        Assert.Equal("That's one small step for man, one giant leap for mankind.", string.Concat(updates.Select(static u => u.Text)));
        Assert.Equal(3, updates.Count(static u => u.Text.Length > 0));
        Assert.All(updates, static u => Assert.Equal(ChatRole.Assistant, u.Role));
        Assert.Single(updates.Select(static u => u.MessageId).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Usage_is_reported_once_and_adds_up(bool isStreamed)
    {
        Answer("how AI works", static r => r.Text("It predicts the next word.").Usage(12, 7));
        // Another provider's option: it is neither sent nor an error.
        var options = new ChatOptions { AdditionalProperties = new() { ["stream_options"] = new Dictionary<string, object> { ["include_usage"] = true } } };
        UsageDetails usage;
        if (isStreamed)
        {
            var updates = await Create().GetStreamingResponseAsync("Explain how AI works.", options, Now).ToListAsync(Now);
            Assert.True(updates.Count > 1);
            usage = Assert.Single(updates.SelectMany(static u => u.Contents).OfType<UsageContent>()).Details;
        }
        else
        {
            usage = (await Create().GetResponseAsync("Explain how AI works.", options, Now)).Usage!;
        }

        Assert.Equal((12L, 7L, 19L), (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
        Assert.True(usage.GetCostInUsd() > 0);
        Emulator.Requests.Single().ShouldNotContain("include_usage");
    }

    [Fact]
    public async Task Streamed_answer_is_appended_to_a_history()
    {
        Answer("how AI works", "It predicts the next word.");
        var client = Create();
        List<ChatMessage> history = [new(ChatRole.User, "Explain how AI works.")];
        var stream = client.GetStreamingResponseAsync(history, cancellationToken: Now);
        Assert.Single(history);
        await history.AddMessagesAsync(stream, cancellationToken: Now);
        Assert.Equal([ChatRole.User, ChatRole.Assistant], history.Select(static m => m.Role));
        Assert.Equal("It predicts the next word.", Assert.IsType<TextContent>(Assert.Single(history[1].Contents)).Text);

        // The stream's ids are on the message, so the history can be continued.
        Answer("And?", "That is all.");
        history.Add(new(ChatRole.User, "And?"));
        Assert.Equal("That is all.", (await client.GetResponseAsync(history, cancellationToken: Now)).Text);
        if (RecognizesHistories)
        {
            Emulator.Requests[1].ShouldContinue(history[1].MessageId!).ShouldSend("user");
        }
        else
        {
            Emulator.Requests[1].ShouldContinueNothing().ShouldSend("user", "assistant", "user");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Image_is_sent_and_described(bool isStreamed)
    {
        // The built-in model reads the header of the image.
        var client = Create();
        ChatMessage[] messages = [new(ChatRole.User, [new TextContent("What does this logo say?"), new DataContent(Png, "image/png")])];
        var response = await AskAsync(client, isStreamed, messages, new ChatOptions { ModelId = "grok-4.6" });
        Assert.Contains("16 x 16", response.Text, StringComparison.Ordinal);
        Emulator.Requests.Single().ShouldSend("user").ShouldNotBeStored().ShouldUseModel("grok-4.6").ShouldContain(Convert.ToBase64String(Png));
        await AssertContinuesAsync(client, isStreamed, messages, response, isStored: false, new ChatOptions { ModelId = "grok-4.6" });
        Emulator.Requests[^1].ShouldContain(Convert.ToBase64String(Png));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pdf_is_sent_as_a_file(bool isStreamed)
    {
        Answer("What text", "Hello World!");
        var client = Create();
        ChatMessage[] messages = [new(ChatRole.User, [new TextContent("What text does this document contain?"), new DataContent("%PDF-1.7 Hello World!"u8.ToArray(), "application/pdf") { Name = "sample.pdf" }])];
        var response = await AskAsync(client, isStreamed, messages);
        Assert.Equal("Hello World!", response.Text);
        var file = Emulator.Requests.Single().Items.Single().GetProperty("content").EnumerateArray().Single(static p => Text(p, "type") == "input_file");
        Assert.Equal(("sample.pdf", "%PDF-1.7 Hello World!"), (Text(file, "filename"), System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(Text(file, "file_data")!))));
        await AssertContinuesAsync(client, isStreamed, messages, response);
    }

    private static byte[] CreatePng()
    {
        var bytes = new byte[41];
        ((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]).CopyTo(bytes);
        "IHDR"u8.CopyTo(bytes.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 16);
        (bytes[24], bytes[25]) = (8, 2);
        return bytes;
    }
}
