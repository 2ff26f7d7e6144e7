using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Every step of xAI's guide to the Responses API, streamed and not, over real HTTP against the emulator.</summary>
public class GuideTests : EmulatorTest
{
    private const string Persona = "You are Grok, a chatbot inspired by the Hitchhiker's Guide to the Galaxy.";
    private const string Question = "What is the meaning of life, the universe, and everything?";

    public static TheoryData<bool> Modes => [false, true];

    private static Task<ChatResponse> Ask(IChatClient client, bool stream, ChatOptions? options, params ChatMessage[] messages) =>
        stream ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options);

    private static Task<ChatResponse> Ask(IChatClient client, bool stream, string text, string? conversation = null) =>
        Ask(client, stream, new ChatOptions { ConversationId = conversation }, new ChatMessage(ChatRole.User, text));

    private JsonElement LastBody => Emulator.Requests[^1].Json!.Value;

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_system_prompt_and_question_are_answered(bool stream)
    {
        var response = await Ask(Client(), stream, null, new(ChatRole.System, Persona), new(ChatRole.User, Question));
        Assert.Contains("42", response.Text, StringComparison.Ordinal);
        Assert.True(Guid.TryParseExact(response.ResponseId, "D", out _));
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.True(response.Usage!.InputTokenCount > 0 && response.Usage.OutputTokenCount > 0 && response.Usage.GetCostInUsd() > 0);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_developer_role_is_an_alias_of_system(bool stream)
    {
        var asSystem = await Ask(Client(), stream, null, new(ChatRole.System, Persona), new(ChatRole.User, Question));
        var asDeveloper = await Ask(Client(), stream, null, new(new ChatRole("developer"), Persona), new(ChatRole.User, Question));
        Assert.Equal(asSystem.Text, asDeveloper.Text);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_accepts_several_system_messages_in_any_position(bool stream)
    {
        var several = await Ask(Client(), stream, null, new(ChatRole.System, "Be kind."), new(ChatRole.System, Persona), new(ChatRole.User, "Hello."), new(ChatRole.User, Question));
        Assert.Contains("42", several.Text, StringComparison.Ordinal);
        Assert.Equal(["system", "user", "user"], Roles());

        await Ask(Client(), stream, null, new(ChatRole.User, "Hello."), new(ChatRole.User, Question), new(ChatRole.System, Persona));
        Assert.Equal(["user", "user", "system"], Roles());

        IEnumerable<string?> Roles() => LastBody.GetProperty("input").EnumerateArray().Select(static i => i.GetProperty("role").GetString());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_question_101_times_3_is_answered(bool stream) =>
        Assert.Contains("303", (await Ask(Client(), stream, "What is 101*3")).Text, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_response_with_store_false_is_not_stored(bool stream)
    {
        var response = await Ask(Client(static o => o.Store = false), stream, Question);
        Assert.False(LastBody.GetProperty("store").GetBoolean());
        Assert.Null(response.ConversationId);
        var e = await Assert.ThrowsAsync<GrokException>(() => Responses.GetAsync(response.ResponseId!));
        Assert.Equal(GrokErrorKind.UnknownResponse, e.Kind);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_encrypted_reasoning_is_returned_and_sent_back(bool stream)
    {
        var client = Client(static o => (o.Store, o.EncryptedReasoning, o.Model) = (true, true, "grok-4.6"));
        var first = await Ask(client, stream, Question);
        var thinking = Assert.Single(first.Messages[0].Contents.OfType<TextReasoningContent>());
        Assert.NotEmpty(thinking.Text);
        Assert.NotEmpty(thinking.ProtectedData!);
        Assert.Equal("reasoning.encrypted_content", LastBody.GetProperty("include")[0].GetString());

        var second = await Ask(client, stream, null, new(ChatRole.User, Question), first.Messages[0], new(ChatRole.User, "What is the meaning of 42?"));
        var replayed = LastBody.GetProperty("input").EnumerateArray().Single(static i => i.GetProperty("type").GetString() == "reasoning");
        Assert.Equal(thinking.ProtectedData, replayed.GetProperty("encrypted_content").GetString());
        Assert.False(replayed.TryGetProperty("status", out _));
        Assert.False(LastBody.TryGetProperty("previous_response_id", out _));
        Assert.NotEmpty(second.Text);
    }

    [Fact]
    public async Task Guide_changed_encrypted_reasoning_is_EncryptedContentRejected()
    {
        var client = Client(static o => o.Store = false);
        var first = await Ask(client, true, Question);
        var thinking = first.Messages[0].Contents.OfType<TextReasoningContent>().Single();
        thinking.ProtectedData = (thinking.ProtectedData![0] == 'A' ? 'B' : 'A') + thinking.ProtectedData[1..];
        var e = await Assert.ThrowsAsync<GrokException>(() => Ask(client, false, null, new(ChatRole.User, Question), first.Messages[0], new(ChatRole.User, "And?")));
        Assert.Equal(GrokErrorKind.EncryptedContentRejected, e.Kind);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_images_are_sent_by_url_and_base64_with_detail_around_the_text(bool stream)
    {
        var client = Client();
        AIContent picture() => new DataContent(Picture(), "image/png").WithImageDetail("high");
        AIContent link() => new UriContent("https://science.nasa.gov/wp-content/uploads/2023/09/web-first-images-release.png", "image/png").WithImageDetail("high");
        var text = new TextContent("What's in this image?");
        foreach (var contents in (AIContent[][])[[picture(), text], [text, picture()], [link(), text], [text, link()]])
        {
            var response = await Ask(client, stream, null, Some.User(contents));
            Assert.NotEmpty(response.Text);
            var part = LastBody.GetProperty("input")[0].GetProperty("content").EnumerateArray().Single(static p => p.GetProperty("type").GetString() == "input_image");
            Assert.Equal("high", part.GetProperty("detail").GetString());
            Assert.False(LastBody.GetProperty("store").GetBoolean());
            Assert.Null(response.ConversationId);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_chaining_by_id_sends_only_the_new_message(bool stream)
    {
        var client = Client();
        var first = await Ask(client, stream, null, new(ChatRole.System, Persona), new(ChatRole.User, Question));
        var second = await Ask(client, stream, "What is the meaning of 42?", first.ConversationId);
        Assert.Equal(first.ResponseId, LastBody.GetProperty("previous_response_id").GetString());
        Assert.Single(LastBody.GetProperty("input").EnumerateArray());
        Assert.DoesNotContain("universe", Emulator.Requests[^1].Body, StringComparison.Ordinal);
        Assert.NotEqual(first.ResponseId, second.ResponseId);
        Assert.Contains("42", second.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_agent_may_repeat_its_instructions_on_every_turn(bool stream)
    {
        var client = Client();
        var options = new ChatOptions { Instructions = Persona };
        options.ConversationId = (await Ask(client, stream, options, new ChatMessage(ChatRole.User, "My name is Alice. Remember this."))).ConversationId;
        Assert.Contains("Alice", (await Ask(client, stream, options, new ChatMessage(ChatRole.User, "What's my name?"))).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_response_can_be_continued_twice_in_parallel(bool stream)
    {
        var client = Client();
        var first = await Ask(client, stream, "My name is Alice. Remember this.");
        var forks = await Task.WhenAll(
            Ask(client, stream, "My favourite colour is blue.", first.ConversationId),
            Ask(client, stream, "My favourite colour is red.", first.ConversationId));
        var answers = await Task.WhenAll(forks.Select(f => Ask(client, stream, "What is my favourite colour?", f.ConversationId)));
        Assert.Contains("blue", answers[0].Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("red", answers[1].Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("red", answers[0].Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Alice", (await Ask(client, stream, "What's my name?", forks[1].ConversationId)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_stored_response_is_retrieved_deleted_and_then_not_found()
    {
        var client = Client();
        var response = await Ask(client, false, Question);
        var stored = await Responses.GetAsync(response.ResponseId!);
        Assert.Equal((response.ResponseId, "completed"), (stored.Id, stored.Status));
        Assert.Equal(response.Text, string.Concat(stored.Output!.OfType<MessageItem>().SelectMany(static m => m.Content!).OfType<OutputTextPart>().Select(static p => p.Text)));

        var deleted = await Responses.DeleteAsync(response.ResponseId!);
        Assert.True(deleted.Deleted);
        Assert.Equal(response.ResponseId, deleted.Id);
        foreach (var call in (Func<Task>[])
            [
                () => Responses.GetAsync(response.ResponseId!),
                () => Responses.DeleteAsync(response.ResponseId!),
                () => Ask(client, false, "And?", response.ResponseId),
                () => Ask(client, true, "And?", response.ResponseId),
            ])
        {
            Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(call)).Kind);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_expired_id_throws_UnknownResponse(bool stream)
    {
        var client = Client();
        var first = await Ask(client, stream, "My name is Alice. Remember this.");
        Clock.Advance(TimeSpan.FromDays(29));
        Assert.Contains("Alice", (await Ask(client, stream, "What's my name?", first.ConversationId)).Text, StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromDays(2));
        var e = await Assert.ThrowsAsync<GrokException>(() => Ask(client, stream, "What's my name?", first.ConversationId));
        Assert.Equal((GrokErrorKind.UnknownResponse, 404, "not-found"), (e.Kind, e.Status, e.Code));
        Assert.Contains("30 days", e.Message, StringComparison.Ordinal);

        var rebuilt = await Ask(client, stream, null, new(ChatRole.User, "My name is Alice. Remember this."), first.Messages[0], new(ChatRole.User, "What's my name?"));
        Assert.Contains("Alice", rebuilt.Text, StringComparison.Ordinal);
        Assert.NotNull(rebuilt.ConversationId);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_trip_planning_in_three_turns_keeps_context(bool stream)
    {
        var client = Client();
        var one = await Ask(client, stream, "I'm planning a trip to Japan.");
        var two = await Ask(client, stream, "What should I pack?", one.ConversationId);
        var three = await Ask(client, stream, "What about the best time to visit?", two.ConversationId);
        Assert.Contains("Japan", two.Text, StringComparison.Ordinal);
        Assert.Contains("Japan", three.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_support_conversation_in_three_turns_keeps_context(bool stream)
    {
        var client = Client();
        var options = new ChatOptions { Instructions = "You are a helpful customer support agent." };
        ChatResponse response = null!;
        foreach (var text in (string[])["I have a billing question", "My account number is 12345", "Why was I charged twice?"])
        {
            response = await Ask(client, stream, options, new ChatMessage(ChatRole.User, text));
            options.ConversationId = response.ConversationId;
        }

        Assert.Contains("12345", response.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("instructions", Emulator.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_stateful_turns_send_fewer_bytes_than_stateless_ones()
    {
        string[] turns = ["I'm planning a trip to Japan.", "What should I pack?", "What about the best time to visit?"];
        var stateful = Client();
        string? conversation = null;
        foreach (var turn in turns)
        {
            conversation = (await Ask(stateful, false, turn, conversation)).ConversationId;
        }

        var stateless = Client(static o => o.Store = false);
        List<ChatMessage> history = [];
        foreach (var turn in turns)
        {
            history.Add(new ChatMessage(ChatRole.User, turn));
            history.AddRange((await Ask(stateless, false, null, [.. history])).Messages);
        }

        var bytes = Emulator.Requests.Select(static r => r.Bytes).ToArray();
        Assert.True(bytes[1] < bytes[4] && bytes[2] * 3 < bytes[5], $"Bytes per turn, stateful then stateless: {string.Join(", ", bytes)}");
        TestContext.Current.TestOutputHelper?.WriteLine($"Bytes per turn, stateful then stateless: {string.Join(", ", bytes)}");
    }

    [Fact]
    public async Task Guide_models_are_listed()
    {
        Client();
        Assert.Contains(await Responses.ListModelsAsync(), static m => m.Id == GrokChatClientOptions.DefaultModel);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_unknown_model_throws_UnknownModel(bool stream)
    {
        var e = await Assert.ThrowsAsync<GrokException>(() => Ask(Client(static o => o.Model = "grok-unheard-of"), stream, "hi"));
        Assert.Equal(GrokErrorKind.UnknownModel, e.Kind);
        Assert.Contains("grok-unheard-of", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_instructions_field_on_a_continuation_is_rejected()
    {
        var first = await Ask(Client(), false, "hi");
        var e = await Assert.ThrowsAsync<GrokException>(() => Responses.CreateAsync(new CreateResponseRequest
        {
            Model = "grok-4.7",
            Instructions = Persona,
            PreviousResponseId = first.ResponseId,
            Input = [new MessageItem { Role = "user", Content = [new InputTextPart("hi")] }],
        }));
        Assert.Equal((GrokErrorKind.InvalidRequest, "400"), (e.Kind, e.Code));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Guide_function_call_works_stored_or_not(bool stream)
    {
        var weather = AIFunctionFactory.Create((string city) => $"18 degrees in {city}", "get_weather", "The weather in a city.");
        foreach (var store in (bool[])[true, false])
        {
            var client = Client(o => o.Store = store);
            var options = new ChatOptions { Tools = [weather] };
            var question = new ChatMessage(ChatRole.User, "What is the weather in Oslo?");
            var asked = await Ask(client, stream, options, question);
            var call = asked.Messages[0].Contents.OfType<FunctionCallContent>().Single();
            Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
            var result = new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, await weather.InvokeAsync(new AIFunctionArguments(call.Arguments)))]);
            options.ConversationId = asked.ConversationId;
            var answer = await Ask(client, stream, options, store ? [result] : [question, asked.Messages[0], result]);
            Assert.Contains("18", answer.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>A PNG of 16 × 16 pixels: the service requires at least 8 × 8.</summary>
    private static byte[] Picture()
    {
        var png = Some.Png;
        (png[19], png[23]) = (16, 16);
        return png;
    }
}
