using Connectors.Grok.Conversations;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <summary>A distributed cache that two visitors share, above and below conversations.</summary>
public class CachePlacementTests : PipelineTest
{
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions()));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Cache_below_conversations_never_mixes_visitors(bool isStreamed, bool isShared)
    {
        using var client = new DistributedCachingChatClient(Grok(), _cache).AsConversationClient(new InMemoryConversationStore());
        var (alice, bob) = (await AskAsync("Hello!", null), await AskAsync("Hello!", null));
        Assert.Equal(alice.Text, bob.Text);
        Assert.NotEqual(alice.ConversationId, bob.ConversationId);
        // The prompt cache key is part of the cache's key. By default each conversation has its own.
        Assert.Equal(isShared ? 1 : 2, Emulator.Requests.Count);

        await AskAsync("My name is Alice.", alice.ConversationId);
        Assert.DoesNotContain("Alice", (await AskAsync("What is my name?", bob.ConversationId)).Text, StringComparison.Ordinal);
        Assert.Contains("Alice", (await AskAsync("What is my name?", alice.ConversationId)).Text, StringComparison.Ordinal);
        Assert.Equal((6, 4), (await CountAsync(alice.ConversationId), await CountAsync(bob.ConversationId)));

        async Task<int> CountAsync(string? id) => (await client.Conversations.GetMessagesAsync(id!, Now)).Count;

        async Task<ChatResponse> AskAsync(string text, string? id)
        {
            var options = new ChatOptions { ConversationId = id };
            if (isShared)
            {
                options = options.WithPromptCacheKey("shop");
            }

            return isStreamed ? await client.GetStreamingResponseAsync(text, options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(text, options, Now);
        }
    }

    [Fact]
    public async Task Cache_above_conversations_is_not_used_for_calls_with_an_id()
    {
        using var client = new DistributedCachingChatClient(Grok().AsConversationClient(new InMemoryConversationStore()), _cache);
        foreach (var id in new[] { "alice", "bob" })
        {
            Assert.Equal(id, (await client.GetResponseAsync("Hello!", new() { ConversationId = id }, Now)).ConversationId);
        }

        Assert.Equal(2, Emulator.Requests.Count);
    }

    /// <summary>The reason why docs/conversations.md#caches forbids this order.</summary>
    [Fact]
    public async Task Cache_above_conversations_gives_the_id_of_one_visitor_to_the_next_when_neither_sets_one()
    {
        using var client = new DistributedCachingChatClient(Grok().AsConversationClient(new InMemoryConversationStore()), _cache);
        var (alice, bob) = (await client.GetResponseAsync("Hello!", cancellationToken: Now), await client.GetResponseAsync("Hello!", cancellationToken: Now));
        Assert.Equal(alice.ConversationId, bob.ConversationId);
        await client.GetResponseAsync("My name is Alice.", new() { ConversationId = alice.ConversationId }, Now);
        Assert.Contains("Alice", (await client.GetResponseAsync("What is my name?", new() { ConversationId = bob.ConversationId }, Now)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_above_conversations_keeps_tenants_apart()
    {
        using var client = new DistributedCachingChatClient(Grok().AsConversationClient(new InMemoryConversationStore()), _cache);
        var alice = await client.GetResponseAsync("Hello!", new ChatOptions().WithTenant("alice"), Now);
        var bob = await client.GetResponseAsync("Hello!", new ChatOptions().WithTenant("bob"), Now);
        Assert.NotEqual(alice.ConversationId, bob.ConversationId);
        Assert.Equal(2, Emulator.Requests.Count);
    }
}
