using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

public class FileMapperTests
{
    private readonly StubHandler _handler = new();

    public static TheoryData<AIContent, string> Files => new()
    {
        { new HostedFileContent("file_1"), """{"type":"input_file","file_id":"file_1"}""" },
        { new UriContent("https://example.org/a.pdf", "application/pdf"), """{"type":"input_file","file_url":"https://example.org/a.pdf"}""" },
        { new DataContent("hi"u8.ToArray(), "text/plain") { Name = "note.txt" }, """{"type":"input_file","file_data":"aGk=","filename":"note.txt","mime_type":"text/plain"}""" },
        { new DataContent("hi"u8.ToArray(), "application/pdf"), """{"type":"input_file","file_data":"aGk=","filename":"file.pdf","mime_type":"application/pdf"}""" },
        { new DataContent("hi"u8.ToArray(), "text/plain"), """{"type":"input_file","file_data":"aGk=","filename":"file.txt","mime_type":"text/plain"}""" },
        { new DataContent("hi"u8.ToArray(), "text/markdown"), """{"type":"input_file","file_data":"aGk=","filename":"file.md","mime_type":"text/markdown"}""" },
        { new DataContent("hi"u8.ToArray(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), """{"type":"input_file","file_data":"aGk=","filename":"file.docx","mime_type":"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}""" },
        { new DataContent("hi"u8.ToArray(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), """{"type":"input_file","file_data":"aGk=","filename":"file.xlsx","mime_type":"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}""" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_is_sent_by_id_by_url_or_as_data_with_a_filename(AIContent file, string wire)
    {
        await Send(Some.User(new TextContent("Read this."), file));
        Assert.Equal(wire, _handler.LastJson["input"]![0]!["content"]![1]!.ToJsonString());
    }

    public static TheoryData<ChatMessage> Unsupported =>
    [
        Some.User(new DataContent(new byte[4], "audio/wav")),
        Some.User(new UriContent("https://example.org/a.mp4", "video/mp4")),
        new ChatMessage(ChatRole.System, [new HostedFileContent("f")]),
        Some.User(new HostedVectorStoreContent("v")),
    ];

    public static TheoryData<ChatMessage> Foreign =>
    [
        new ChatMessage(ChatRole.Assistant, [new DataContent(Some.Png, "image/png")]),
        new ChatMessage(ChatRole.Assistant, [new WebSearchToolCallContent("another client's")]),
    ];

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Content_of_another_providers_service_is_left_out_and_logged_without_any_option(ChatMessage message)
    {
        var log = new ListLogger();
        await Send(message, o => o.LoggerFactory = log);
        Assert.Single(_handler.LastJson["input"]!.AsArray());
        Assert.Contains(message.Contents[0].GetType().Name, Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task Unsupported_content_throws_or_is_dropped_and_logged_by_option(ChatMessage message)
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => Send(message));
        Assert.Empty(_handler.Requests);

        var log = new ListLogger();
        await Send(message, o => (o.DropUnsupportedContent, o.LoggerFactory) = (true, log));
        Assert.Single(_handler.LastJson["input"]!.AsArray());
        Assert.Contains(message.Contents[0].GetType().Name, Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_contents_and_errors_are_dropped_and_logged()
    {
        var log = new ListLogger();
        await Send(new ChatMessage(ChatRole.Assistant, [new AIContent(), new ErrorContent("e"), new TextContent("t")]), o => o.LoggerFactory = log);
        Assert.Equal(2, _handler.LastJson["input"]!.AsArray().Count);
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public async Task Author_name_is_sent_for_a_user_and_not_for_an_agent()
    {
        await Send(new ChatMessage(ChatRole.User, "hi") { AuthorName = "Alice" });
        Assert.Equal("Alice", (string?)_handler.LastJson["input"]![0]!["name"]);
        await Send(new ChatMessage(ChatRole.System, "Be brief.") { AuthorName = "Agent" });
        Assert.Null(_handler.LastJson["input"]![0]!["name"]);
    }

    [Fact]
    public async Task Refusal_is_sent_back_as_a_refusal_and_other_errors_are_not_sent()
    {
        var handler = new StubHandler().Json(Some.Answer("""{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"No."}]}""")).Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        var refused = (await client.GetResponseAsync("q")).Messages[0];
        Assert.Equal(("No.", "Refusal"), (Assert.IsType<ErrorContent>(refused.Contents[0]).Message, ((ErrorContent)refused.Contents[0]).ErrorCode));
        refused.Contents.Add(new ErrorContent("something else"));
        refused.Contents.Add(new UsageContent(new UsageDetails()));
        await client.GetResponseAsync([refused, new(ChatRole.User, "why?")]);
        Assert.Equal("""[{"type":"refusal","refusal":"No."}]""", handler.LastJson["input"]![0]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task Function_results_are_sent_in_the_order_of_their_calls()
    {
        await Send(
            new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("a", "f"), new FunctionCallContent("b", "f"), new FunctionCallContent("c", "f")]),
            null,
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c", 3), new FunctionResultContent("a", 1), new FunctionResultContent("b", 2)]));
        Assert.Equal(["a", "b", "c", "a", "b", "c"], _handler.LastJson["input"]!.AsArray().Where(static i => i!["call_id"] is not null).Select(static i => (string?)i!["call_id"]));
    }

    private async Task Send(ChatMessage message, Action<GrokChatClientOptions>? configure = null, params ChatMessage[] more)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))), configure);
        await client.GetResponseAsync([message, .. more, new ChatMessage(ChatRole.User, "end")]);
    }
}
