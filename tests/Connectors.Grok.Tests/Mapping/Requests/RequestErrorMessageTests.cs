using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>The messages for invalid requests, and the handling of blanks and unusual tools.</summary>
public class RequestErrorMessageTests
{
    private readonly StubHandler _handler = new();

    private async Task<JsonObject> Body(ChatOptions options, string message = "q", Action<GrokChatClientOptions>? configure = null)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))), configure);
        await client.GetResponseAsync(message, options);
        return _handler.LastJson;
    }

    private async Task<T> Refused<T>(ChatOptions options, string words, string message = "q", Action<GrokChatClientOptions>? configure = null)
        where T : Exception
    {
        var e = await Assert.ThrowsAsync<T>(() => Body(options, message, configure));
        Assert.StartsWith(words, e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
        return e;
    }

    private static AIFunction Function(string? description = null, bool? strict = null) => AIFunctionFactory.Create(
        static () => "r",
        new AIFunctionFactoryOptions { Name = "f", Description = description, AdditionalProperties = strict is null ? null : new Dictionary<string, object?> { ["strict"] = strict } });

    private static ChatOptions Strict(ChatOptions options)
    {
        options.AdditionalProperties = new() { ["strict_options"] = true };
        return options;
    }

    /// <summary>Invalid options, the member and the rule that the exception names.</summary>
    public static TheoryData<ChatOptions, string, string> OutOfRange => new()
    {
        { new() { MaxOutputTokens = 0 }, "MaxOutputTokens", "must be at least 1" },
        { new() { Temperature = 2.1f }, "Temperature", "must be 0 to 2" },
        { new() { TopP = 0 }, "TopP", "must be above 0 and at most 1" },
        { new() { Reasoning = new() { Effort = (ReasoningEffort)99 } }, "Reasoning.Effort", "must be none, minimal, low, medium, high and xhigh" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task Option_member_out_of_range_throws_with_its_rule(ChatOptions options, string member, string rule) =>
        Assert.Equal(member, (await Refused<ArgumentException>(options, $"ChatOptions.{member} {rule}.")).ParamName);

    [Fact]
    public async Task Empty_messages_throw() =>
        Assert.Equal("messages", (await Refused<ArgumentException>(new ChatOptions(), "The messages hold nothing to send: every one of them is empty.", message: "")).ParamName);

    [Fact]
    public async Task Continuation_throws_for_changed_instructions_or_store_false()
    {
        var options = new ChatOptions { ConversationId = "r-1", Instructions = "Be brief." };
        await Refused<InvalidOperationException>(
            options,
            "The instructions differ from those of the continued conversation, or those are unknown to this client (GrokChatClientOptions.ContinuationInstructions is Throw).",
            configure: static o => o.ContinuationInstructions = ContinuationInstructions.Throw);
        await Refused<InvalidOperationException>(
            options,
            "A conversation cannot be continued by id (ConversationId) without storing it (store: false). Send the whole history, or let it be stored.",
            configure: static o => o.Store = false);
    }

    [Fact]
    public async Task Strict_options_throw_with_the_unsupported_option()
    {
        await Refused<NotSupportedException>(
            Strict(new() { ModelId = "grok-4", Reasoning = new() { Effort = ReasoningEffort.High } }),
            "xAI's Responses API does not take the reasoning effort high for the model grok-4, and strict_options is set.");
        await Refused<NotSupportedException>(
            Strict(new() { ToolMode = ChatToolMode.RequireAny }),
            "xAI's Responses API does not take a ToolMode that requires a tool where none is offered, and strict_options is set.");
        await Refused<NotSupportedException>(
            Strict(new() { StopSequences = ["."] }),
            "xAI's Responses API does not take StopSequences, and strict_options is set.");
        // An empty list is not sent.
        Assert.False((await Body(Strict(new() { StopSequences = [] }))).ContainsKey("stop"));
    }

    [Fact]
    public async Task Blank_model_and_instructions_are_ignored()
    {
        var options = new ChatOptions { ModelId = " ", Instructions = " ", AdditionalProperties = new() { ["instructions"] = "Key." } };
        var body = await Body(options, configure: static o => o.Model = "grok-4.6");
        Assert.Equal("grok-4.6", (string?)body["model"]);
        Assert.Equal("Key.", (string?)body["input"]![0]!["content"]![0]!["text"]);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, null, true)]
    public async Task Strict_flag_of_a_function_wins_over_the_options(bool? own, bool? ofOptions, bool? sent)
    {
        var body = await Body(new ChatOptions { Tools = [Function(strict: own)], AdditionalProperties = ofOptions is null ? null : new() { ["strict"] = ofOptions } });
        Assert.Equal(sent, (bool?)body["tools"]![0]!["strict"]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("d", "d")]
    public async Task Empty_function_description_is_not_sent(string? given, string? sent)
    {
        var tool = (await Body(new ChatOptions { Tools = [Function(given)] }))["tools"]![0]!.AsObject();
        Assert.Equal((sent is not null, sent), (tool.ContainsKey("description"), (string?)tool["description"]));
    }

    [Fact]
    public async Task Null_or_unknown_tool_throws()
    {
        Assert.Equal("options", (await Refused<ArgumentException>(new ChatOptions { Tools = [null!] }, "A tool is null.")).ParamName);
        await Refused<NotSupportedException>(new ChatOptions { Tools = [new OddTool()] }, "The tool 'odd' (OddTool) cannot be sent to xAI's Responses API by this version.");
    }

    [Fact]
    public async Task Raw_function_with_a_non_text_name_is_sent_unchanged()
    {
        const string Odd = """{"type":"function","name":7}""";
        var body = await Body(new ChatOptions { AdditionalProperties = new() { ["tools"] = new object[] { JsonDocument.Parse(Odd).RootElement } } });
        Assert.Equal(Odd, body["tools"]![0]!.ToJsonString());
    }

    private sealed class OddTool : AITool
    {
        public override string Name => "odd";
    }
}
