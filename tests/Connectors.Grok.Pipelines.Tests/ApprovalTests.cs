using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Functions that require approval.</summary>
public class ApprovalTests : PipelineTest
{
    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task Approved_call_runs_rejected_call_does_not_and_conversation_continues(Arrangement arrangement, bool isStreamed)
    {
        List<string> ran = [];
        var weather = AIFunctionFactory.Create((string city) => { ran.Add(city); return "rain"; }, "get_weather");
        Emulator.Script
            .Reply(static r => r.Reasoning("Rain?").Call("get_weather", """{"city":"Oslo"}""").Call("get_weather", """{"city":"Rome"}"""))
            .Reply("Rain in Oslo.").Reply("After.").Reply("At last.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, new ApprovalRequiredAIFunction(weather));

        var asked = (await caller.SendAsync("The weather in Oslo and Rome?")).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().ToList();
        Assert.Equal(2, asked.Count);
        Assert.Empty(ran);
        var answer = await caller.SendAsync(new ChatMessage(ChatRole.User, [asked[0].CreateResponse(true), asked[1].CreateResponse(false, "Not there.")]));
        Assert.Equal(("Rain in Oslo.", "Oslo"), (answer.Messages[^1].Text, Assert.Single(ran)));
        Assert.Equal("After.", (await caller.SendAsync("And?")).Text);
        Assert.Equal("At last.", (await caller.SendAsync("And then?")).Text);

        var decided = arrangement switch
        {
            // Function invocation puts the rejected call first, so the history no longer matches the answer and is sent in full.
            Arrangement.HistoryTracking => "user reasoning call call output output",
            // Function invocation runs the function before the request can fail because the response expired, so the history is sent in full.
            Arrangement.BelowConversations => "user reasoning call call output output",
            _ => "output output",
        };
        Assert.Equal(
            IsUnstored(arrangement)
                ? ["user", "user reasoning call call output output", "user reasoning call call output output assistant user", "user reasoning call call output output assistant user assistant user"]
                : ["user", decided, "user", "user"],
            GetSentItems());
        Assert.Contains(Emulator.Requests[1].Items, static i => i.TryGetProperty("output", out var output) && output.GetString()!.Contains("Not there.", StringComparison.Ordinal));
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task History_with_decided_approvals_is_accepted(bool isStreamed)
    {
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply("Rain.").Reply("After.");
        var client = Build(Arrangement.Bare);
        var options = new ChatOptions { Tools = [new ApprovalRequiredAIFunction(AIFunctionFactory.Create(static (string city) => city, "get_weather"))] };
        List<ChatMessage> history = [new(ChatRole.User, "The weather in Oslo?")];
        await SendAsync();
        history.Add(new(ChatRole.User, [history[^1].Contents.OfType<ToolApprovalRequestContent>().Single().CreateResponse(true)]));
        await SendAsync();
        history.Add(new(ChatRole.User, "And?"));
        await SendAsync();
        Assert.Equal("After.", history[^1].Text);
        Assert.Equal(["user", "user call output", "user call output assistant user"], GetSentItems().Select(static s => s.Replace("reasoning ", "", StringComparison.Ordinal)));

        async Task SendAsync() => history.AddRange((isStreamed ? await client.GetStreamingResponseAsync(history, options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(history, options, Now)).Messages);
    }

    [Theory]
    [InlineData(Arrangement.AboveConversations, false)]
    [InlineData(Arrangement.AboveConversations, true)]
    [InlineData(Arrangement.BelowConversations, false)]
    [InlineData(Arrangement.BelowConversations, true)]
    public async Task Approved_call_of_an_expired_response_runs_once(Arrangement arrangement, bool isStreamed)
    {
        var ran = 0;
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply("Rain.").Reply("After.");
        var weather = AIFunctionFactory.Create((string city) => { ran++; return city; }, "get_weather");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, new ApprovalRequiredAIFunction(weather));
        var asked = (await caller.SendAsync("The weather in Oslo?")).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().Single();
        Emulator.ExpireResponses();
        Assert.Equal("Rain.", (await caller.SendAsync(new ChatMessage(ChatRole.User, [asked.CreateResponse(true)]))).Messages[^1].Text);
        Assert.Equal(("After.", 1), ((await caller.SendAsync("And?")).Text, ran));
        Assert.Equal("user", GetSentItems().Last());
    }

    [Theory]
    [InlineData(Arrangement.AboveConversations, false)]
    [InlineData(Arrangement.AboveConversations, true)]
    [InlineData(Arrangement.BelowConversations, false)]
    [InlineData(Arrangement.BelowConversations, true)]
    [InlineData(Arrangement.BelowUnstoredConversations, true)]
    public async Task Unanswered_approval_request_is_left_out_and_its_question_stays(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply("Hello.").Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply("Fine.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, new ApprovalRequiredAIFunction(AIFunctionFactory.Create(static (string city) => city, "get_weather")));
        await caller.SendAsync("Hi.");
        await caller.SendAsync("The weather in Oslo?");
        Assert.Equal("Fine.", (await caller.SendAsync("Never mind.")).Text);
        Assert.Equal("user assistant user user", GetSentItems().Last());
        Assert.DoesNotContain("function_call", Emulator.Requests[^1].Body, StringComparison.Ordinal);
    }
}
