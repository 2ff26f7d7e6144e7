using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>The prompt cache over the emulator: nothing is reported of unchanged histories, and what the cache saved adds up.</summary>
public class PromptCacheTests : ConversationTestBase
{
    private readonly ListLogger _log = new();

    [Theory]
    [InlineData("carried")]
    [InlineData("carried by a function loop")]
    [InlineData("tracked")]
    [InlineData("conversation")]
    public async Task Hundred_unchanged_turns_have_one_key_and_are_not_reported(string kind)
    {
        var grok = Client(o => (o.LoggerFactory, o.Store) = (_log, false));
        var client = kind switch
        {
            "tracked" => grok.AsHistoryTrackingClient(),
            "conversation" => grok.AsConversationClient(Store, new ConversationOptions { TimeProvider = Clock }),
            "carried" => grok,
            _ => new FunctionLoop(grok),
        };
        var options = new ChatOptions { Instructions = "Be brief.", ConversationId = kind == "conversation" ? "ticket-4711" : null, Tools = [AIFunctionFactory.Create(static (string city) => "18 degrees", "weather")] };
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 100; turn++)
        {
            if (kind == "carried by a function loop" && turn % 10 == 5)
            {
                Emulator.Script.Reply(static r => r.Reasoning("I look it up.").Call("weather", """{"city":"Oslo"}""", "c1")).Reply("18 degrees.");
            }

            history.Add(new(ChatRole.User, $"Question {turn}"));
            IEnumerable<ChatMessage> passed = kind == "conversation" ? [history[^1]] : history;
            var response = turn % 2 == 0 ? await client.GetResponseAsync(passed, options) : await client.GetStreamingResponseAsync(passed, options).ToChatResponseAsync();
            history.AddRange(response.Messages);
        }

        Assert.True(Emulator.Requests.Count >= 100);
        Assert.Single(Emulator.Requests.Select(static r => r.Json!.Value.GetProperty("prompt_cache_key").GetString()).Distinct());
        Assert.All(Emulator.Requests, static r => Assert.False(r.Json!.Value.TryGetProperty("previous_response_id", out _)));
        Assert.True(Items() > 250);
        Assert.Contains(Emulator.Requests[^1].Items, static i => i.GetProperty("type").GetString() == "reasoning");
        Assert.DoesNotContain(_log.Lines, static l => l.Contains("prompt cache key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task State_of_a_conversation_tells_cached_share_and_savings(bool stream)
    {
        var client = Conversations();
        var answers = new List<ChatResponse>();
        for (var turn = 1; turn <= 4; turn++)
        {
            answers.Add(await Say(client, stream, $"Question {turn}: {new string('x', 4_000)}"));
        }

        Assert.Equal((0.0, 0m), (answers[0].Usage!.GetCachedShare(), answers[0].Usage!.GetCacheSavingsInUsd()));
        Assert.All(answers.Skip(1), static a =>
        {
            var usage = a.Usage!;
            Assert.Equal((double)usage.CachedInputTokenCount! / usage.InputTokenCount!, usage.GetCachedShare());
            Assert.InRange(usage.GetCachedShare()!.Value, 0.4, 0.99);
            // grok-4.7: 2.00 and 0.50 dollars per million tokens.
            Assert.Equal(usage.CachedInputTokenCount * 1.5m / 1_000_000m, usage.GetCacheSavingsInUsd());
        });
        var state = (await client.Conversations.GetAsync("ticket-4711"))!;
        Assert.Equal(answers.Sum(static a => a.Usage!.CachedInputTokenCount), state.CachedInputTokens);
        Assert.Equal((double)state.CachedInputTokens / state.InputTokens, state.CachedShare);
        Assert.Equal(answers.Sum(static a => a.Usage!.GetCacheSavingsInUsd()), state.CacheSavingsInUsd);
        Assert.Equal(answers.Sum(static a => a.GetCostInUsd()), state.CostInUsd);

        // Shared turns are the other conversation's.
        await client.Conversations.ForkAsync("ticket-4711", "copy");
        var copy = (await client.Conversations.GetAsync("copy"))!;
        Assert.Equal((0L, null, 0m), (copy.CachedInputTokens, copy.CachedShare, copy.CacheSavingsInUsd));
        Assert.Equal((state.CachedInputTokens, state.CachedShare, state.CacheSavingsInUsd), (copy.Shared.CachedInputTokens, copy.Shared.CachedShare, copy.Shared.CacheSavingsInUsd));

        // They survive an export.
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync("ticket-4711", document);
        document.Position = 0;
        await client.Conversations.DeleteAsync("copy");
        await client.Conversations.DeleteAsync("ticket-4711");
        await client.Conversations.ImportAsync("imported", document);
        Assert.Equal(state.CacheSavingsInUsd, (await client.Conversations.GetAsync("imported"))!.CacheSavingsInUsd);
    }
}
