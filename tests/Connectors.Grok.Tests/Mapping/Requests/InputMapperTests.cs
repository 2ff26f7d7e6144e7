using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Requests;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>Messages become items in their order and role, and dropped contents are reported.</summary>
public class InputMapperTests
{
    private readonly MappingDiagnostics _notes = new(isStrict: false, dropsContent: false);

    private string Items(params ChatMessage[] messages) => ItemsWithInstructions([], messages);

    private string ItemsWithInstructions(string[] instructions, params ChatMessage[] messages) =>
        string.Join(' ', new InputMapper("grok-4.7", continues: false, new CallLedger(messages, isWhole: true), _notes).ToItems(instructions, messages).Select(Describe));

    private static string Describe(ResponseItem item) => item switch
    {
        MessageItem message => $"{message.Role}{(message.Name is { } name ? $"/{name}" : "")}({string.Join(',', message.Content!.Select(static p => p is InputTextPart input ? input.Text : ((OutputTextPart)p).Text))})",
        ReasoningItem reasoning => $"reasoning({reasoning.EncryptedContent})",
        _ => item.Type,
    };

    private static ChatMessage Assistant(params AIContent[] contents) => new(ChatRole.Assistant, contents);

    private static TextReasoningContent Reasoning(string? blob) => new("t") { ProtectedData = blob, AdditionalProperties = new() { [GrokKeys.Content.ReasoningModel] = "grok-4.7" } };

    [Fact]
    public void Instructions_and_leading_system_messages_are_one_item() =>
        Assert.Equal(
            "system(i,a,b) user(q) user(r) system(c)",
            ItemsWithInstructions(["i", " "], new(ChatRole.System, "a"), new(new ChatRole("developer"), "b"), new(ChatRole.User, "q"), new(ChatRole.User, "r"), new(ChatRole.System, "c")));

    [Fact]
    public void Instructions_before_a_user_message_are_an_item_of_their_own() => Assert.Equal("system(i) user(q)", ItemsWithInstructions(["i"], new ChatMessage(ChatRole.User, "q")));

    [Fact]
    public void Texts_keep_their_position_among_calls_and_reasoning() =>
        Assert.Equal(
            "assistant(a) function_call assistant(b) reasoning(B) assistant(c) function_call_output",
            Items(Assistant(new TextContent("a"), new FunctionCallContent("1", "f"), new TextContent("b"), Reasoning("B"), new TextContent("c")), new(ChatRole.Tool, [new FunctionResultContent("1", "r")])));

    [Fact]
    public void Reasoning_at_the_end_of_a_message_is_sent_after_its_text()
    {
        Assert.Equal("user(q) assistant(a) reasoning(B)", Items(new(ChatRole.User, "q"), Assistant(new TextContent("a"), Reasoning("B"))));
        Assert.Equal("assistant(a) reasoning(B) user(q)", Items(Assistant(new TextContent("a"), Reasoning("B")), new ChatMessage(ChatRole.User, "q")));
    }

    [Fact]
    public void Approval_is_not_sent_when_its_call_has_a_result()
    {
        var call = new FunctionCallContent("1", "f");
        ChatMessage[] asked = [Assistant(new ToolApprovalRequestContent("a", call)), new(ChatRole.User, [new ToolApprovalResponseContent("a", true, call)])];
        Assert.Equal("function_call function_call_output user(q)", Items([.. asked, Assistant(call), new(ChatRole.Tool, [new FunctionResultContent("1", "r")]), new(ChatRole.User, "q")]));
        Assert.Throws<NotSupportedException>(() => Items(asked[1]));
    }

    [Fact]
    public void Approval_on_which_the_conversation_went_on_is_left_out_and_logged()
    {
        var call = new FunctionCallContent("1", "f");
        ChatMessage asked = Assistant(new TextContent("May I?"), new ToolApprovalRequestContent("a", call));
        ChatMessage decided = new(ChatRole.User, [new ToolApprovalResponseContent("a", true, call)]);
        Assert.Equal("assistant(May I?) user(q)", Items(asked, new ChatMessage(ChatRole.User, "q")));
        Assert.Equal("assistant(a) user(q)", Items(Assistant(new ToolApprovalRequestContent("a", new McpServerToolCallContent("1", "f", "s"))), decided, Assistant(new TextContent("a")), new ChatMessage(ChatRole.User, "q")));
        Assert.Equal(
            [
                "a ToolApprovalRequestContent in a message of the role 'assistant'",
                "a ToolApprovalRequestContent in a message of the role 'assistant'",
                "a ToolApprovalResponseContent in a message of the role 'user'",
            ],
            _notes.Dropped);
        // A decision that nobody acted on is what the user says now.
        Assert.Throws<NotSupportedException>(() => Items(asked, decided, new ChatMessage(ChatRole.User, "q")));
    }

    [Fact]
    public void Author_name_is_sent_for_user_messages_only() =>
        Assert.Equal(
            "user/Ann(a) user(b) user(c) assistant(d) system(e)",
            Items(
                new(ChatRole.User, "a") { AuthorName = "Ann" },
                new(ChatRole.User, "b") { AuthorName = " " },
                new(ChatRole.Tool, "c") { AuthorName = "tool" },
                new(ChatRole.Assistant, "d") { AuthorName = "agent" },
                new(ChatRole.System, "e") { AuthorName = "agent" }));

    [Fact]
    public void Hosted_result_covers_only_the_call_of_its_own_message()
    {
        var result = new ToolResultContent("1") { RawRepresentation = new WebSearchCallItem { Id = "1", Action = new() } };
        Assert.Equal("web_search_call user(q)", Items(Assistant(new ToolCallContent("1"), result), new(ChatRole.User, "q")));
        Assert.Empty(_notes.Dropped);
        Assert.Equal("web_search_call", Items(Assistant(new ToolCallContent("1"), result), Assistant(new ToolCallContent("1"))));
        Assert.Equal(["a ToolCallContent in a message of the role 'assistant'"], _notes.Dropped);
    }

    /// <summary>What only the service of another provider can have made, and what it is called.</summary>
    public static TheoryData<AIContent, string> Foreign => new()
    {
        { new WebSearchToolCallContent("1"), "WebSearchToolCallContent" },
        { new WebSearchToolResultContent("1") { Outputs = [new UriContent("https://example.org/", "text/html")] }, "WebSearchToolResultContent" },
        { new CodeInterpreterToolCallContent("1"), "CodeInterpreterToolCallContent" },
        { new CodeInterpreterToolResultContent("1") { Outputs = [new TextContent("1")] }, "CodeInterpreterToolResultContent" },
        { new McpServerToolCallContent("1", "f", "s"), "McpServerToolCallContent" },
        { new McpServerToolResultContent("1") { Outputs = [new TextContent("o")] }, "McpServerToolResultContent" },
        { new ImageGenerationToolCallContent("1"), "ImageGenerationToolCallContent" },
        { new ImageGenerationToolResultContent("1") { Outputs = [new DataContent(Some.Png, "image/png")] }, "ImageGenerationToolResultContent" },
        { new ToolCallContent("1"), "ToolCallContent" },
        { new ToolResultContent("1"), "ToolResultContent" },
        { new DataContent(Some.Png, "image/png"), "DataContent of image/png" },
        { new DataContent("x"u8.ToArray(), "audio/wav"), "DataContent of audio/wav" },
        { new UriContent("https://example.org/i.png", "image/png"), "UriContent of image/png" },
        { new HostedFileContent("file_1"), "HostedFileContent" },
        { new HostedVectorStoreContent("store_1"), "HostedVectorStoreContent" },
        { new Strange(), "Strange" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Content_of_another_providers_service_is_left_out_of_a_history_and_logged(AIContent content, string called)
    {
        Assert.Equal("user(q) assistant(a) user(r)", Items(new(ChatRole.User, "q"), Assistant(content, new TextContent("a")), new(ChatRole.User, "r")));
        Assert.Equal([$"a {called} in a message of the role 'assistant'"], _notes.Dropped);
        if (content is ToolCallContent or ToolResultContent)
        {
            Assert.Equal("user(q)", Items(new(ChatRole.Tool, [content]), new(ChatRole.User, "q")));
        }
    }

    private sealed class Strange : AIContent;

    [Fact]
    public void Call_without_its_result_is_left_out_and_its_answered_siblings_stay()
    {
        Assert.Equal(
            "user(q) assistant(Let me see.) function_call function_call_output user(r)",
            Items(
                new(ChatRole.User, "q"),
                Assistant(new TextContent("Let me see."), new FunctionCallContent("1", "f"), new FunctionCallContent("2", "g")),
                new(ChatRole.Tool, [new FunctionResultContent("2", "r")]),
                new(ChatRole.User, "r")));
        Assert.Equal(["a call of the function 'f' without its result"], _notes.Dropped);
    }

    [Fact]
    public void Result_whose_call_is_gone_is_left_out()
    {
        Assert.Equal("assistant(a) user(q)", Items(new(ChatRole.Tool, [new FunctionResultContent("1", "r")]), Assistant(new TextContent("a")), new(ChatRole.User, "q")));
        Assert.Equal(["the result of a function without its call"], _notes.Dropped);
    }

    [Fact]
    public void Repeated_reasoning_and_calls_are_sent_once_and_repeated_messages_are_kept()
    {
        ChatMessage[] turn = [Assistant(Reasoning("B"), new FunctionCallContent("1", "f")), new(ChatRole.Tool, [new FunctionResultContent("1", "r")]), Assistant(Reasoning("C"), new TextContent("yes"))];
        Assert.Equal(
            "user(q) reasoning(B) function_call function_call_output reasoning(C) assistant(yes) assistant(yes) reasoning(D) user(q)",
            Items([new(ChatRole.User, "q"), .. turn, .. turn.Select(Keeping.ThroughJson), Assistant(Reasoning("D")), new(ChatRole.User, "q")]));
        Assert.Empty(_notes.Dropped);
    }

    [Fact]
    public void Dropped_contents_are_reported_with_their_reason()
    {
        Assert.Equal("user(q)", Items(
            Assistant(new AIContent { RawRepresentation = new WebSearchCallItem { Id = "1" } }),
            Assistant(new AIContent { RawRepresentation = new CustomToolCallItem { CallId = "1" } }),
            Assistant(Reasoning(null), new ErrorContent("e"), new AIContent()),
            new(ChatRole.User, "q")));
        Assert.Equal(
            [
                "a web_search_call without its action, which the service rejects",
                "a custom_tool_call without its id, which the service rejects",
                "reasoning without its encrypted content, or of another model's family or provider",
                "a ErrorContent in a message of the role 'assistant'",
                "a AIContent in a message of the role 'assistant'",
            ],
            _notes.Dropped);
    }

    [Fact]
    public void Null_message_content_or_role_throws_with_its_name()
    {
        Assert.Equal("A message is null. (Parameter 'messages')", Assert.Throws<ArgumentException>(() => Items((ChatMessage)null!)).Message);
        Assert.Equal("A message holds a content that is null. (Parameter 'content')", Assert.Throws<ArgumentException>(() => Items(Assistant((AIContent)null!))).Message);
        Assert.Equal("A message has no role. (Parameter 'role')", Assert.Throws<ArgumentException>(() => Items(new ChatMessage(default, "q"))).Message);
    }

    [Fact]
    public void Unknown_role_throws_with_its_name() =>
        Assert.Equal(
            "xAI's Responses API knows no role 'critic': use system, developer, user, assistant or tool.",
            Assert.Throws<NotSupportedException>(() => Items(new ChatMessage(new ChatRole("Critic"), "q"))).Message);

    [Fact]
    public void File_with_a_relative_address_throws() =>
        Assert.Equal(
            "A file has a relative address. Pass a local file's bytes as DataContent. (Parameter 'file')",
            Assert.Throws<ArgumentException>(() => Items(Some.User(new UriContent(new Uri("a.pdf", UriKind.Relative), "application/pdf")))).Message);

    /// <summary>Unsupported contents of user messages, and their descriptions.</summary>
    public static TheoryData<AIContent, string> Unsupported => new()
    {
        { new DataContent(new byte[4], "audio/wav"), "a DataContent of audio/wav" },
        { new DataContent(new byte[4], "video/mp4"), "a DataContent of video/mp4" },
        { new UriContent("https://example.org/a", "audio/wav"), "a UriContent of audio/wav" },
        { new UriContent("https://example.org/a", "video/mp4"), "a UriContent of video/mp4" },
        { new HostedVectorStoreContent("v"), "a HostedVectorStoreContent" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Unsupported_content_is_reported_with_its_type(AIContent content, string called)
    {
        Assert.Equal(
            $"xAI's Responses API does not support {called} in a message of the role 'user'. Leave it out, or set GrokChatClientOptions.DropUnsupportedContent.",
            Assert.Throws<NotSupportedException>(() => Items(Some.User(content))).Message);
        var notes = new MappingDiagnostics(isStrict: true, dropsContent: true);
        notes.Unsupported(content, "user");
        Assert.Equal([$"{called} in a message of the role 'user'"], notes.Dropped);
    }

    [Fact]
    public void Unsupported_option_is_recorded_or_throws_when_strict()
    {
        _notes.Option("an option");
        Assert.Equal(["an option"], _notes.Dropped);
        var strict = new MappingDiagnostics(isStrict: true, dropsContent: true);
        Assert.Equal("xAI's Responses API does not take an option, and strict_options is set.", Assert.Throws<NotSupportedException>(() => strict.Option("an option")).Message);
        Assert.Empty(strict.Dropped);
    }
}
