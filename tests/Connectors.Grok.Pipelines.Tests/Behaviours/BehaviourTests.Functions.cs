using System.ComponentModel;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>Function invocation of Microsoft.Extensions.AI above the client.</content>
public abstract partial class BehaviourTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_without_parameters_is_invoked(bool isStreamed)
    {
        Answer("secret number", static r => r.Call("GetSecretNumber"));
        AnswerResult("42", "The secret number is 42.");
        await AssertInvokesAsync(isStreamed, "What is the current secret number?", "The secret number is 42.", AIFunctionFactory.Create(static () => 42, "GetSecretNumber"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_gets_its_arguments(bool isStreamed)
    {
        Answer("SecretComputation", static r => r.Call("SecretComputation", """{"a":42,"b":84}"""));
        AnswerResult("3528", "The result is 3528.");
        await AssertInvokesAsync(isStreamed, "What is SecretComputation of 42 and 84?", "The result is 3528.", AIFunctionFactory.Create(static (int a, int b) => a * b, "SecretComputation"));
    }

    [Theory]
    [InlineData(false, """{"id":"foo"}""", "42")]
    [InlineData(true, """{"id":"foo"}""", "42")]
    [InlineData(false, "{}", "-1")]
    [InlineData(true, "{}", "-1")]
    public async Task Optional_parameter_has_its_argument_or_its_default(bool isStreamed, string arguments, string result)
    {
        Answer("for id foo", r => r.Call("GetSecretNumberById", arguments));
        AnswerResult(result, $"It is {result}.");
        await AssertInvokesAsync(
            isStreamed, "What is the secret number for id foo?", $"It is {result}.", AIFunctionFactory.Create(static (string id = "defaultId") => id is "foo" ? 42 : -1, "GetSecretNumberById"));
        Assert.False(Emulator.Requests[0].Json!.Value.GetProperty("tools")[0].GetProperty("parameters").TryGetProperty("required", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nested_parameter_is_deserialized(bool isStreamed)
    {
        Answer("John aged 19", static r => r.Call("GetSecretNumberByPerson", """{"person":{"name":"John","age":19}}"""));
        AnswerResult("61", "It is 61.");
        var function = AIFunctionFactory.Create(static (Guest person) => person.Name is "John" ? 42 + person.Age : -1, "GetSecretNumberByPerson");
        await AssertInvokesAsync(isStreamed, "What is the secret number for John aged 19?", "It is 61.", function);
        var person = Emulator.Requests[0].Json!.Value.GetProperty("tools")[0].GetProperty("parameters").GetProperty("properties").GetProperty("person");
        Assert.True(person.GetProperty("properties").TryGetProperty("age", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Array_parameter_is_deserialized(bool isStreamed)
    {
        Answer("shopping cart", static r => r.Call("AddItems", """{"items":["bacon","lettuce","tomatoes"],"shopperId":"Peter"}"""));
        List<string> cart = [];
        AnswerResult("Success: Function completed.", "Added.");
        await AssertInvokesAsync(isStreamed, "Add bacon, lettuce and tomatoes to Peter's shopping cart.", "Added.", AIFunctionFactory.Create((string[] items, string shopperId) => cart.AddRange([shopperId, .. items]), "AddItems"));
        Assert.Equal(["Peter", "bacon", "lettuce", "tomatoes"], cart);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Object_result_is_sent_as_json(bool isStreamed)
    {
        Answer("Who lives here", static r => r.Call("GetGuests"));
        AnswerResult("""[{"name":"Elsa","age":21},{"name":"Anna","age":18}]""", "Elsa and Anna.");
        await AssertInvokesAsync(isStreamed, "Who lives here?", "Elsa and Anna.", AIFunctionFactory.Create(static () => new[] { new Guest("Elsa", 21), new Guest("Anna", 18) }, "GetGuests"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parallel_calls_are_answered_in_one_request(bool isStreamed)
    {
        Answer("How much older", static r => r.InParallel(static p => p.Call("GetPersonAge", """{"personName":"Elsa"}""").Call("GetPersonAge", """{"personName":"Anna"}""")));
        AnswerResult("18", "3");
        await AssertInvokesAsync(isStreamed, "How much older is Elsa than Anna?", "3", AIFunctionFactory.Create(static (string personName) => personName is "Elsa" ? 21 : 18, "GetPersonAge"));
        Assert.Equal(["21", "18"], Emulator.Requests[1].Items.Where(static i => Text(i, "type") == "function_call_output").Select(static i => Text(i, "output")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Required_call_is_requested_once(bool isStreamed)
    {
        var calls = 0;
        Answer("Are birds real?", static r => r.Call("GetSecretNumber"));
        AnswerResult("123", "They are.");
        var response = await AskAsync(
            new FunctionInvokingChatClient(Create()), isStreamed, "Are birds real?", new() { Tools = [AIFunctionFactory.Create(() => { calls++; return 123; }, "GetSecretNumber")], ToolMode = ChatToolMode.RequireAny });
        Assert.Equal((1, "They are."), (calls, response.Messages[^1].Text));
        Emulator.Requests[0].ShouldHave("tool_choice", "\"required\"");
        Emulator.Requests[1].ShouldNotHave("tool_choice");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Named_function_is_required(bool isStreamed)
    {
        var shieldsUp = false;
        Answer("secret number", static r => r.Call("ShieldsUp"));
        AnswerResult("true", "Shields are up.");
        var response = await AskAsync(new FunctionInvokingChatClient(Create()), isStreamed, "What's the current secret number?", new()
        {
            Tools = [AIFunctionFactory.Create(static () => 123, "GetSecretNumber"), AIFunctionFactory.Create(() => shieldsUp = true, "ShieldsUp")],
            ToolMode = ChatToolMode.RequireSpecific("ShieldsUp"),
        });
        Assert.Equal((true, "Shields are up."), (shieldsUp, response.Messages[^1].Text));
        Emulator.Requests[0].ShouldHave("tool_choice", """{"type":"function","name":"ShieldsUp"}""");
        Emulator.Requests[1].ShouldNotHave("tool_choice");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_waits_for_its_approval(bool isStreamed)
    {
        var calls = 0;
        Answer("Launch", static r => r.Call("Launch"));
        AnswerResult("launched", "Done.");
        using var client = new FunctionInvokingChatClient(Create());
        var options = new ChatOptions { Tools = [new ApprovalRequiredAIFunction(AIFunctionFactory.Create(() => { calls++; return "launched"; }, "Launch"))] };
        List<ChatMessage> history = [new(ChatRole.User, "Launch it.")];
        var asked = await AskAsync(client, isStreamed, history, options);
        Assert.Equal(0, calls);
        history.AddRange(asked.Messages);
        var decision = new ChatMessage(ChatRole.User, [asked.Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().Single().CreateResponse(true)]);
        history.Add(decision);
        options.ConversationId = asked.ConversationId;
        var response = await AskAsync(client, isStreamed, asked.ConversationId is null ? history : [decision], options);
        Assert.Equal((1, "Done."), (calls, response.Messages[^1].Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_in_the_prompt_are_called(bool isStreamed)
    {
        Answer("secret number", static r => r.Text("""<call>{"name":"GetSecretNumber","arguments":{}}</call>"""));
        Answer("<result>42</result>", "The secret number is 42.");
        using var client = new FunctionInvokingChatClient(new PromptToolsClient(Create()));
        ChatMessage[] messages = [new(ChatRole.User, "What is the secret number?")];
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create([Description("Gets the number.")] static () => 42, "GetSecretNumber")] };
        var response = await AskAsync(client, isStreamed, messages, options);
        Assert.Equal("The secret number is 42.", response.Messages[^1].Text);
        Emulator.Requests[0].ShouldSend("system", "user").ShouldNotHave("tools").ShouldContain("Gets the number.");
        Assert.Equal(2, Emulator.Requests.Count);
        Emulator.Requests[1].ShouldContinue(response.Messages[0].MessageId!).ShouldSend("user").ShouldNotContain("Gets the number.");
    }

    /// <summary>Asserts the answer of a function loop, that its usage is the sum of both requests, and that it can be continued.</summary>
    private protected async Task AssertInvokesAsync(bool isStreamed, string question, string answer, AIFunction function)
    {
        using var recorder = new SpanRecorder();
        using var client = new FunctionInvokingChatClient(new OpenTelemetryChatClient(Create(), sourceName: recorder.Source));
        ChatMessage[] messages = [new(ChatRole.User, question)];
        var options = new ChatOptions { Tools = [function] };
        var response = await AskAsync(client, isStreamed, messages, options);
        Assert.Equal(answer, response.Messages[^1].Text);
        Assert.Equal(2, Emulator.Requests.Count);
        Emulator.Requests[1].ShouldContinue(response.Messages[0].MessageId!);

        var chats = recorder.Spans.Where(static s => s.DisplayName.StartsWith("chat", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, chats.Count);
        Assert.Equal((chats.Sum(static s => SpanRecorder.Tokens(s, "input")), chats.Sum(static s => SpanRecorder.Tokens(s, "output"))), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        await AssertContinuesAsync(client, isStreamed, messages, response, options: options);
    }

    public sealed record Guest(string Name, int Age = 42);
}
