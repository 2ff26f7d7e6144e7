using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>Chat reducers above the client: the model sees exactly the messages that the reducer left.</content>
public abstract partial class BehaviourTests
{
    private protected static readonly ChatMessage[] Hikes =
    [
        new(ChatRole.User, "My name is Alice and I love hiking."), new(ChatRole.Assistant, "Nice to meet you, Alice."), new(ChatRole.User, "I hiked the Pacific Crest Trail."),
        new(ChatRole.Assistant, "Which section?"), new(ChatRole.User, "The Sierra Nevada."), new(ChatRole.Assistant, "How long did it take?"), new(ChatRole.User, "What's my name?"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_replaces_earlier_messages(bool isStreamed)
    {
        Answer("What's my name?", "Alice.");
        AnswerSummary("Summarize", "Alice loves hiking.");
        using var client = Summarizing(Create(), threshold: 1, "Summarize the conversation.");
        Assert.Equal("Alice.", (await AskAsync(client, isStreamed, Copy(Hikes))).Text);
        Assert.Equal(1, client.Summaries);
        Emulator.Requests[0].ShouldSend("user", "assistant", "user", "assistant", "system");
        Emulator.Requests[1].ShouldSend("assistant", "user", "assistant", "user").ShouldContinueNothing().ShouldContain("Alice loves hiking.").ShouldNotContain("Pacific Crest");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task System_message_stays_before_a_summary(bool isStreamed)
    {
        Answer("What's my name?", "Aye, Alice.");
        AnswerSummary("Summarize", "Alice loves hiking.");
        using var client = Summarizing(Create(), threshold: 0, "Summarize the conversation.");
        Assert.Equal("Aye, Alice.", (await AskAsync(client, isStreamed, [new(ChatRole.System, "You are a pirate."), .. Copy(Hikes)])).Text);
        Assert.Equal(1, client.Summaries);
        Emulator.Requests[0].ShouldNotContain("pirate");
        Emulator.Requests[1].ShouldSend("system", "assistant", "assistant", "user").ShouldContinueNothing().ShouldContain("You are a pirate.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_above_function_invocation_is_followed_by_function_calls(bool isStreamed)
    {
        Answer("better weather", static r => r.Call("GetWeather", """{"city":"Miami"}"""));
        AnswerResult("Sunny, 28 degrees", "Miami is sunny.");
        AnswerSummary("Summarize", "The user asked for the weather in Seattle and Miami.");
        using var client = Summarizing(new FunctionInvokingChatClient(Create()), threshold: 0, "Summarize the conversation.");
        ChatMessage[] messages =
        [
            new(ChatRole.User, "What's the weather in Seattle?"), new(ChatRole.Assistant, "Let me check."), new(ChatRole.User, "And Miami?"), new(ChatRole.Assistant, "I'll check."),
            new(ChatRole.User, "Which city had better weather?"),
        ];
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(static (string city) => city is "Miami" ? "Sunny, 28 degrees" : "Rainy", "GetWeather")] };
        var response = await AskAsync(client, isStreamed, messages, options);
        Assert.Equal(("Miami is sunny.", 1), (response.Messages[^1].Text, client.Summaries));
        Emulator.Requests[1].ShouldSend("assistant", "assistant", "user").ShouldContinueNothing();
        Emulator.Requests[2].ShouldSend("function_call_output").ShouldContinue(response.Messages[0].MessageId!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prompt_of_the_summary_is_the_applications(bool isStreamed)
    {
        Answer("What's my name?", "Alice.");
        AnswerSummary("Emphasize numbers.", "No numbers were given.");
        using var client = Summarizing(Create(), threshold: 0, "Emphasize numbers.");
        Assert.Equal("Alice.", (await AskAsync(client, isStreamed, Copy(Hikes))).Text);
        Emulator.Requests[1].ShouldSend("assistant", "assistant", "user").ShouldContain("No numbers were given.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_of_a_real_conversation_is_all_that_the_model_sees(bool isStreamed)
    {
        AnswerSummary("Summarize", "Four things were counted.");
        Emulator.Script.Reply("One.").Reply("Two.").Reply("Three.").Reply("Four.").Reply("Five.");
        using var client = Summarizing(Create(), threshold: 3, "Summarize the conversation.");
        List<ChatMessage> history = [];
        for (var i = 1; i <= 5; i++)
        {
            history.Add(new(ChatRole.User, $"Count {i}."));
            history.AddRange((await AskAsync(client, isStreamed, history)).Messages);
        }

        Assert.Equal(["One.", "Two.", "Three.", "Four.", "Five."], history.Where(static m => m.Role == ChatRole.Assistant).Select(static m => m.Text));
        Assert.Equal(1, client.Summaries);
        // With the fourth question the history is too long, so the first two are summarized.
        Emulator.Requests[4].ShouldSend("assistant", "user", "assistant", "user").ShouldContinueNothing().ShouldNotContain("Count 2.").ShouldSay("Count 4.");
        if (RecognizesHistories)
        {
            // The reduced history is the one that the fourth answer followed.
            Emulator.Requests[5].ShouldContinue(history[^3].MessageId!).ShouldSend("user").ShouldSay("Count 5.");
        }
        else
        {
            Emulator.Requests[5].ShouldSend("assistant", "user", "assistant", "user", "assistant", "user").ShouldContinueNothing().ShouldNotContain("Count 2.");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Window_over_a_real_conversation_is_all_that_the_model_sees(bool isStreamed)
    {
        Emulator.Script.Reply("One.").Reply("Two.").Reply("Three.").Reply("Four.");
        using var client = Create().AsBuilder().UseChatReducer(new MessageCountingChatReducer(3)).Build();
        List<ChatMessage> history = [];
        for (var i = 1; i <= 4; i++)
        {
            history.Add(new(ChatRole.User, $"Count {i}."));
            history.AddRange((await AskAsync(client, isStreamed, history)).Messages);
        }

        Emulator.Requests[2].ShouldSend("user", "assistant", "user").ShouldContinueNothing().ShouldContain("Count 2.").ShouldNotContain("Count 1.");
        Emulator.Requests[3].ShouldSend("user", "assistant", "user").ShouldContinueNothing().ShouldContain("Count 3.").ShouldNotContain("Count 2.");
    }

    private SummarizingClient Summarizing(IChatClient client, int threshold, string prompt) => new(client, CreateSummarizer(client), threshold, prompt);

    private protected static ChatMessage[] Copy(IEnumerable<ChatMessage> messages) => [.. messages.Select(static m => m.Clone())];

    /// <summary>Scripts the answer to the request of a reducer, whose last message is the prompt.</summary>
    private protected void AnswerSummary(string prompt, string summary) => Emulator.Script
        .When(r => r.Items.Count > 0 && Text(r.Items[^1], "role") == "system" && r.Body.Contains(prompt, StringComparison.Ordinal))
        .Always(r => r.Text(summary));
}
