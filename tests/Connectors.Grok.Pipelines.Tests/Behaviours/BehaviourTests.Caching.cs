using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>A distributed cache above the client, and its order with function invocation.</content>
public abstract partial class BehaviourTests
{
    private protected static IDistributedCache CreateCache() => new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Same_question_is_asked_again_without_a_cache(bool isStreamed)
    {
        Emulator.Script.Reply("17").Reply("4711");
        var client = Create();
        Assert.Equal("17", (await AskAsync(client, isStreamed, "Pick a number.")).Text);
        Assert.Equal("4711", (await AskAsync(client, isStreamed, "Pick a number.")).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Same_question_is_answered_from_the_cache(bool isStreamed)
    {
        Emulator.Script.Reply("17").Reply("4711");
        using var client = new DistributedCachingChatClient(Create(), CreateCache());
        var first = await AskAsync(client, isStreamed, "Pick a number.");
        for (var i = 0; i < 3; i++)
        {
            var again = await AskAsync(client, isStreamed, "Pick a number.");
            Assert.Equal((first.Text, first.ResponseId, first.FinishReason), (again.Text, again.ResponseId, again.FinishReason));
        }

        Assert.Single(Emulator.Requests);
        Assert.Equal("4711", (await AskAsync(client, isStreamed, "Pick a number!")).Text);
        Assert.Equal(2, Emulator.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cache_above_function_invocation_saves_requests_and_calls(bool isStreamed)
    {
        var calls = 0;
        Answer("temperature", static r => r.Call("GetTemperature"));
        AnswerResult("101 degrees", "It is 101 degrees.");
        using var client = Create().AsBuilder()
            .ConfigureOptions(o => o.Tools = [AIFunctionFactory.Create(() => $"{100 + ++calls} degrees", "GetTemperature")])
            .UseDistributedCache(CreateCache())
            .UseFunctionInvocation()
            .Build();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("It is 101 degrees.", (await AskAsync(client, isStreamed, "What is the temperature?")).Messages[^1].Text);
            Assert.Equal((1, 2), (calls, Emulator.Requests.Count));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cache_below_function_invocation_calls_functions_again(bool isStreamed)
    {
        var calls = 0;
        Answer("temperature", static r => r.Call("GetTemperature"));
        AnswerResult("58 degrees", "It is 58 degrees.");
        using var client = CachedBelowFunctions(() => { calls++; return "58 degrees"; });
        Assert.Equal("It is 58 degrees.", (await AskAsync(client, isStreamed, "What is the temperature?")).Messages[^1].Text);
        Assert.Equal((1, 2), (calls, Emulator.Requests.Count));

        // The cache leaves out calls with a conversation id, so it does not answer the second call of the loop where the first answer carries one.
        Assert.Equal("It is 58 degrees.", (await AskAsync(client, isStreamed, "What is the temperature?")).Messages[^1].Text);
        Assert.Equal((2, Continues == Continuation.Id ? 3 : 2), (calls, Emulator.Requests.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cache_below_function_invocation_asks_again_when_a_result_changed(bool isStreamed)
    {
        var calls = 0;
        Answer("temperature", static r => r.Call("GetTemperature"));
        AnswerResult("81 degrees", "It is 81 degrees.");
        AnswerResult("82 degrees", "It is 82 degrees.");
        using var client = CachedBelowFunctions(() => $"{80 + ++calls} degrees");
        Assert.Equal("It is 81 degrees.", (await AskAsync(client, isStreamed, "What is the temperature?")).Messages[^1].Text);
        Assert.Equal((1, 2), (calls, Emulator.Requests.Count));
        Assert.Equal("It is 82 degrees.", (await AskAsync(client, isStreamed, "What is the temperature?")).Messages[^1].Text);
        Assert.Equal((2, 3), (calls, Emulator.Requests.Count));
    }

    private IChatClient CachedBelowFunctions(Func<string> temperature) => Create().AsBuilder()
        .ConfigureOptions(o => o.Tools = [AIFunctionFactory.Create(temperature, "GetTemperature")])
        .UseFunctionInvocation()
        .UseDistributedCache(CreateCache())
        .Build();
}
