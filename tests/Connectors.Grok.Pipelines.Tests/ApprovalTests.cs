using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Functions that run only when somebody says yes.</summary>
public class ApprovalTests : PipelineTest
{
    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task What_is_approved_runs_what_is_not_does_not_and_the_conversation_goes_on(Arrangement arrangement, bool isStreamed)
    {
        List<string> ran = [];
        var weather = AIFunctionFactory.Create((string city) => { ran.Add(city); return "rain"; }, "get_weather");
        Emulator.Script
            .Reply(static r => r.Reasoning("Rain?").Call("get_weather", """{"city":"Oslo"}""").Call("get_weather", """{"city":"Rome"}"""))
            .Reply("Rain in Oslo.").Reply("After.").Reply("At last.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, new ApprovalRequiredAIFunction(weather));

        var asked = (await caller.SayAsync("The weather in Oslo and Rome?")).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().ToList();
        Assert.Equal(2, asked.Count);
        Assert.Empty(ran);
        var answer = await caller.SayAsync(new ChatMessage(ChatRole.User, [asked[0].CreateResponse(true), asked[1].CreateResponse(false, "Not there.")]));
        Assert.Equal(("Rain in Oslo.", "Oslo"), (answer.Messages[^1].Text, Assert.Single(ran)));
        Assert.Equal("After.", (await caller.SayAsync("And?")).Text);
        Assert.Equal("At last.", (await caller.SayAsync("And then?")).Text);

        var decided = arrangement switch
        {
            // Function invocation puts the rejected call first: in a history that is another one than was answered, and it is sent whole.
            Arrangement.Stamped => "user reasoning call call output output",
            // It runs the function before anybody can learn that the service forgot the call.
            Arrangement.Below => "user reasoning call call output output",
            _ => "output output",
        };
        Assert.Equal(
            IsUnstored(arrangement)
                ? ["user", "user reasoning call call output output", "user reasoning call call output output assistant user", "user reasoning call call output output assistant user assistant user"]
                : ["user", decided, "user", "user"],
            Sent());
        Assert.Contains(Emulator.Requests[1].Items, static i => i.TryGetProperty("output", out var output) && output.GetString()!.Contains("Not there.", StringComparison.Ordinal));
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_history_that_the_caller_carries_may_hold_approvals_that_are_settled(bool isStreamed)
    {
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply("Rain.").Reply("After.");
        var client = Build(Arrangement.Bare);
        var options = new ChatOptions { Tools = [new ApprovalRequiredAIFunction(AIFunctionFactory.Create(static (string city) => city, "get_weather"))] };
        List<ChatMessage> history = [new(ChatRole.User, "The weather in Oslo?")];
        await SayAsync();
        history.Add(new(ChatRole.User, [history[^1].Contents.OfType<ToolApprovalRequestContent>().Single().CreateResponse(true)]));
        await SayAsync();
        history.Add(new(ChatRole.User, "And?"));
        await SayAsync();
        Assert.Equal("After.", history[^1].Text);
        Assert.Equal(["user", "user call output", "user call output assistant user"], Sent().Select(static s => s.Replace("reasoning ", "", StringComparison.Ordinal)));

        async Task SayAsync() => history.AddRange((isStreamed ? await client.GetStreamingResponseAsync(history, options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(history, options, Now)).Messages);
    }

    [Theory]
    [InlineData(Arrangement.Above, false)]
    [InlineData(Arrangement.Above, true)]
    [InlineData(Arrangement.Below, false)]
    [InlineData(Arrangement.Below, true)]
    public async Task A_decision_on_a_call_that_the_service_forgot_runs_it_once(Arrangement arrangement, bool isStreamed)
    {
        var ran = 0;
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply("Rain.").Reply("After.");
        var weather = AIFunctionFactory.Create((string city) => { ran++; return city; }, "get_weather");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, new ApprovalRequiredAIFunction(weather));
        var asked = (await caller.SayAsync("The weather in Oslo?")).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().Single();
        Emulator.ExpireResponses();
        Assert.Equal("Rain.", (await caller.SayAsync(new ChatMessage(ChatRole.User, [asked.CreateResponse(true)]))).Messages[^1].Text);
        Assert.Equal(("After.", 1), ((await caller.SayAsync("And?")).Text, ran));
        Assert.Equal("user", Sent().Last());
    }

    [Theory]
    [InlineData(Arrangement.Above, false)]
    [InlineData(Arrangement.Above, true)]
    [InlineData(Arrangement.Below, false)]
    [InlineData(Arrangement.Below, true)]
    [InlineData(Arrangement.BelowUnstored, true)]
    public async Task A_request_that_nobody_answers_never_happened(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply("Hello.").Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply("Fine.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, new ApprovalRequiredAIFunction(AIFunctionFactory.Create(static (string city) => city, "get_weather")));
        await caller.SayAsync("Hi.");
        await caller.SayAsync("The weather in Oslo?");
        Assert.Equal("Fine.", (await caller.SayAsync("Never mind.")).Text);
        Assert.Equal(arrangement == Arrangement.BelowUnstored ? "user assistant user" : "user", Sent().Last());
        Assert.DoesNotContain("Oslo", Emulator.Requests[^1].Body, StringComparison.Ordinal);
    }
}
