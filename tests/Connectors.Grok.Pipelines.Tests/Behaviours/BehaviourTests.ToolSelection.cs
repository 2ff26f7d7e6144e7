using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>A layer that reduces the tools of each request, above function invocation.</content>
public abstract partial class BehaviourTests
{
    private static readonly AIFunction Weather = AIFunctionFactory.Create(static () => "Sunny and dry.", "GetWeather", "Gets the weather.");
    private static readonly AIFunction Translate = AIFunctionFactory.Create(static () => "bonsoir", "Translate", "Translates a text.");
    private static readonly AIFunction Math = AIFunctionFactory.Create(static () => 42, "SolveMath", "Solves a problem.");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_are_selected_by_the_whole_history(bool isStreamed)
    {
        Answer("weather in Seattle", "Sunny.");
        Answer("translate", "Bonsoir.");
        using var client = SelectTools((messages, tools) => ToolSelectingClient.ByWords(string.Join(' ', messages.Select(static m => m.Text)), tools));
        List<ChatMessage> history = [new(ChatRole.User, "What will the weather in Seattle be?")];
        history.AddRange((await AskAsync(client, isStreamed, history, new() { Tools = [Weather, Translate, Math] })).Messages);
        history.Add(new(ChatRole.User, "Please translate 'good evening' into French."));
        Assert.Equal("Bonsoir.", (await AskAsync(client, isStreamed, history, new() { Tools = [Weather, Translate, Math] })).Text);
        Assert.Equal([["GetWeather"], ["GetWeather", "Translate"]], Emulator.Requests.Select(SentTools));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Required_tool_is_kept_and_comes_first(bool isStreamed)
    {
        Answer("weather", static r => r.Call("Translate"));
        AnswerResult("bonsoir", "Done.");
        using var client = SelectTools((messages, tools) => ToolSelectingClient.ByWords(string.Join(' ', messages.Select(static m => m.Text)), tools));
        var response = await AskAsync(client, isStreamed, "What will the weather be?", new() { Tools = [Weather, Math, Translate], ToolMode = ChatToolMode.RequireSpecific("Translate") });
        Assert.Equal("Done.", response.Messages[^1].Text);
        Assert.Equal(["Translate", "GetWeather"], SentTools(Emulator.Requests[0]));
        Emulator.Requests[0].ShouldHave("tool_choice", """{"type":"function","name":"Translate"}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Removed_tool_is_not_offered_again(bool isStreamed)
    {
        var calls = 0;
        Answer("in Seattle", static r => r.Call("GetWeather"));
        AnswerResult("Sunny and dry.", "Sunny.");
        Answer("next week", "I cannot know.");
        var requests = 0;
        using var client = SelectTools((_, tools) => requests++ == 0 ? tools : []);
        var weather = AIFunctionFactory.Create(() => { calls++; return "Sunny and dry."; }, "GetWeather");
        List<ChatMessage> history = [new(ChatRole.User, "What's the weather like in Seattle?")];
        history.AddRange((await AskAsync(client, isStreamed, history, new() { Tools = [weather], ToolMode = ChatToolMode.RequireAny })).Messages);
        history.Add(new(ChatRole.User, "And next week?"));
        Assert.Equal(("I cannot know.", 1), ((await AskAsync(client, isStreamed, history, new() { Tools = [weather] })).Text, calls));
        Assert.Equal([["GetWeather"], ["GetWeather"], []], Emulator.Requests.Select(SentTools));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Selection_may_ask_the_model_itself(bool isStreamed)
    {
        Answer("Which tools", "Use: weather.");
        Answer("in London", "Rain.");
        var inner = Create();
        using var client = new ToolSelectingClient(new FunctionInvokingChatClient(inner), async (messages, tools) =>
        {
            var analysis = await AskAsync(inner, isStreamed, $"Which tools does this need? {string.Join(' ', messages.Select(static m => m.Text))} Answer in one word.");
            return ToolSelectingClient.ByWords(analysis.Text, tools);
        });
        ChatMessage[] messages = [new(ChatRole.User, "How will the day be in London?")];
        var options = new ChatOptions { Tools = [Weather, Translate, Math] };
        var response = await AskAsync(client, isStreamed, messages, options);
        Assert.Equal("Rain.", response.Text);
        Assert.Equal([[], ["GetWeather"]], Emulator.Requests.Select(SentTools));
    }

    private ToolSelectingClient SelectTools(Func<IReadOnlyList<ChatMessage>, IEnumerable<AITool>, IEnumerable<AITool>> select) =>
        new(new FunctionInvokingChatClient(Create()), (messages, tools) => Task.FromResult(select(messages, tools)));
}
