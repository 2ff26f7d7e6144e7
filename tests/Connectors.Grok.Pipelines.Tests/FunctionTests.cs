using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Function invocation of Microsoft.Extensions.AI at each position of the pipeline.</summary>
public class FunctionTests : PipelineTest
{
    private readonly AIFunction _weather = AIFunctionFactory.Create(static (string city) => $"{city}: rain", "get_weather");

    private void ScriptWeather() => Emulator.Script
        .Reply(static r => r.Reasoning("Rain?").Call("get_weather", """{"city":"Oslo"}""").Call("get_weather", """{"city":"Rome"}"""))
        .Reply(static r => r.Reasoning("More.").Call("get_weather", """{"city":"Bonn"}"""))
        .Reply(static r => r.Reasoning("Done.").Text("All rain."));

    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task Function_loop_sends_only_new_items_or_the_whole_history_once(Arrangement arrangement, bool isStreamed)
    {
        ScriptWeather();
        Emulator.Script.Reply("Still rain.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, _weather);
        var first = await caller.SendAsync("The weather in Oslo, Rome and Bonn?");
        var second = await caller.SendAsync("And tomorrow?");

        Assert.Equal(("All rain.", "Still rain."), (first.Messages[^1].Text, second.Text));
        Assert.Equal(["Oslo: rain", "Rome: rain", "Bonn: rain"], first.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.Result!.ToString()));
        Assert.Equal(
            IsUnstored(arrangement)
                ?
                [
                    "user",
                    "user reasoning call call output output",
                    "user reasoning call call output output reasoning call output",
                    "user reasoning call call output output reasoning call output reasoning assistant user",
                ]
                : ["user", "output output", "output", "user"],
            GetSentItems());
        Assert.Equal(IsUnstored(arrangement), Emulator.Requests.All(static r => r.PreviousResponseId is null));
        Assert.Equal(IsUnstored(arrangement) ? null : first.ResponseId, Emulator.Requests[^1].PreviousResponseId);
        Assert.Equal((HasOwnId(arrangement) ? Ticket : arrangement == Arrangement.Bare ? second.ResponseId : null, ChatFinishReason.Stop), (second.ConversationId, second.FinishReason));
        // The first call has the cost of three answers.
        Assert.True(first.Usage!.GetCostInUsd() > second.Usage!.GetCostInUsd());
    }

    [Theory]
    [InlineData(Arrangement.AboveConversations, false)]
    [InlineData(Arrangement.AboveConversations, true)]
    [InlineData(Arrangement.BelowConversations, false)]
    [InlineData(Arrangement.BelowConversations, true)]
    [InlineData(Arrangement.HistoryTracking, false)]
    [InlineData(Arrangement.HistoryTracking, true)]
    public async Task Expired_function_loop_is_resent_in_full_once(Arrangement arrangement, bool isStreamed)
    {
        ScriptWeather();
        Emulator.Script.Reply("Still rain.").Reply("Rain.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, _weather);
        await caller.SendAsync("The weather in Oslo, Rome and Bonn?");
        Emulator.ExpireResponses();
        Assert.Equal("Still rain.", (await caller.SendAsync("And tomorrow?")).Text);
        Assert.Equal("Rain.", (await caller.SendAsync("And then?")).Text);
        Assert.Equal(["user", "user call call output output call output assistant user", "user"], GetSentItems().Skip(3).Select(static s => s.Replace("reasoning ", "", StringComparison.Ordinal)));
        Assert.Equal([404, 200, 200], Emulator.Requests.Skip(3).Select(static r => r.Status));
    }

    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task Failing_and_unknown_functions_are_reported_to_the_model(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply(static r => r.Call("boom").Call("unheard_of")).Reply("Sorry.").Reply("After.");
        var boom = AIFunctionFactory.Create(string () => throw new InvalidOperationException("Bang"), "boom");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, boom);
        Assert.Equal("Sorry.", (await caller.SendAsync("Go.")).Messages[^1].Text);
        Assert.Equal("After.", (await caller.SendAsync("And?")).Text);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        Assert.Equal(2, Emulator.Requests[1].Items.Count(static i => i.GetProperty("type").GetString() == "function_call_output" && i.GetProperty("output").GetString()!.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Arrangement.BareUnstored, false)]
    [InlineData(Arrangement.BareUnstored, true)]
    [InlineData(Arrangement.HistoryTracking, false)]
    [InlineData(Arrangement.HistoryTracking, true)]
    public async Task History_whose_last_call_has_no_result_is_sent_without_that_call(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply(static r => r.Call("get_weather", """{"city":"Rome"}""")).Reply("Rain.").Reply("Yes.");
        var caller = new Caller(Build(arrangement, static f => f.MaximumIterationsPerRequest = 1), arrangement, isStreamed, _weather);
        var call = (await caller.SendAsync("Go.")).Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Last();
        Assert.Equal("Rain.", (await caller.SendAsync("And?")).Text);
        Assert.Equal("Yes.", (await caller.SendAsync("Sure?")).Text);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        // A tracked history continues from the answer whose call has its result.
        Assert.Equal(arrangement == Arrangement.HistoryTracking ? "output user" : "user call output user", GetSentItems().ElementAt(2));
        Assert.DoesNotContain(Emulator.Requests[2].Items, i => i.TryGetProperty("call_id", out var id) && id.GetString() == call.CallId);
    }
}
