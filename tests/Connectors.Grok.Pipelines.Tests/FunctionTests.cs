using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Function invocation of Microsoft.Extensions.AI, wherever it stands.</summary>
public class FunctionTests : PipelineTest
{
    private readonly AIFunction _weather = AIFunctionFactory.Create(static (string city) => $"{city}: rain", "get_weather");

    private void ScriptWeather() => Emulator.Script
        .Reply(static r => r.Reasoning("Rain?").Call("get_weather", """{"city":"Oslo"}""").Call("get_weather", """{"city":"Rome"}"""))
        .Reply(static r => r.Reasoning("More.").Call("get_weather", """{"city":"Bonn"}"""))
        .Reply(static r => r.Reasoning("Done.").Text("All rain."));

    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task Each_request_of_a_loop_holds_what_is_new_or_everything_once(Arrangement arrangement, bool isStreamed)
    {
        ScriptWeather();
        Emulator.Script.Reply("Still rain.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, _weather);
        var first = await caller.SayAsync("The weather in Oslo, Rome and Bonn?");
        var second = await caller.SayAsync("And tomorrow?");

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
            Sent());
        Assert.Equal(IsUnstored(arrangement), Emulator.Requests.All(static r => r.PreviousResponseId is null));
        Assert.Equal(IsUnstored(arrangement) ? null : first.ResponseId, Emulator.Requests[^1].PreviousResponseId);
        Assert.Equal((HasOwnId(arrangement) ? Ticket : arrangement == Arrangement.Bare ? second.ResponseId : null, ChatFinishReason.Stop), (second.ConversationId, second.FinishReason));
        // Three answers, and what each of them cost.
        Assert.True(first.Usage!.GetCostInUsd() > second.Usage!.GetCostInUsd());
    }

    [Theory]
    [InlineData(Arrangement.Above, false)]
    [InlineData(Arrangement.Above, true)]
    [InlineData(Arrangement.Below, false)]
    [InlineData(Arrangement.Below, true)]
    [InlineData(Arrangement.Stamped, false)]
    [InlineData(Arrangement.Stamped, true)]
    public async Task A_loop_that_the_service_forgot_is_sent_anew_once(Arrangement arrangement, bool isStreamed)
    {
        ScriptWeather();
        Emulator.Script.Reply("Still rain.").Reply("Rain.");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, _weather);
        await caller.SayAsync("The weather in Oslo, Rome and Bonn?");
        Emulator.ExpireResponses();
        Assert.Equal("Still rain.", (await caller.SayAsync("And tomorrow?")).Text);
        Assert.Equal("Rain.", (await caller.SayAsync("And then?")).Text);
        Assert.Equal(["user", "user call call output output call output assistant user", "user"], Sent().Skip(3).Select(static s => s.Replace("reasoning ", "", StringComparison.Ordinal)));
        Assert.Equal([404, 200, 200], Emulator.Requests.Skip(3).Select(static r => r.Status));
    }

    [Theory]
    [MemberData(nameof(Arrangements))]
    public async Task A_function_that_throws_and_one_that_nobody_has_are_told_to_the_model(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply(static r => r.Call("boom").Call("unheard_of")).Reply("Sorry.").Reply("After.");
        var boom = AIFunctionFactory.Create(string () => throw new InvalidOperationException("Bang"), "boom");
        var caller = new Caller(Build(arrangement), arrangement, isStreamed, boom);
        Assert.Equal("Sorry.", (await caller.SayAsync("Go.")).Messages[^1].Text);
        Assert.Equal("After.", (await caller.SayAsync("And?")).Text);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        Assert.Equal(2, Emulator.Requests[1].Items.Count(static i => i.GetProperty("type").GetString() == "function_call_output" && i.GetProperty("output").GetString()!.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Arrangement.BareUnstored, false)]
    [InlineData(Arrangement.BareUnstored, true)]
    [InlineData(Arrangement.Stamped, false)]
    [InlineData(Arrangement.Stamped, true)]
    public async Task A_history_whose_last_call_was_left_without_a_result_is_sent_without_that_call(Arrangement arrangement, bool isStreamed)
    {
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply(static r => r.Call("get_weather", """{"city":"Rome"}""")).Reply("Rain.").Reply("Yes.");
        var caller = new Caller(Build(arrangement, static f => f.MaximumIterationsPerRequest = 1), arrangement, isStreamed, _weather);
        var call = (await caller.SayAsync("Go.")).Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Last();
        Assert.Equal("Rain.", (await caller.SayAsync("And?")).Text);
        Assert.Equal("Yes.", (await caller.SayAsync("Sure?")).Text);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        // A tracked history continues from the answer whose call has its result.
        Assert.Equal(arrangement == Arrangement.Stamped ? "output user" : "user call output user", Sent().ElementAt(2));
        Assert.DoesNotContain(Emulator.Requests[2].Items, i => i.TryGetProperty("call_id", out var id) && id.GetString() == call.CallId);
    }
}
